from rtlmp.api import *
