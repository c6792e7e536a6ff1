"""What the process of a job is started with, by Snakemake and by a benchmark alike."""

from typing import Final

# It keeps what it frees: glibc else gives it back to the kernel and asks for it again with every
# tree, a tenth of a training.
ENVIRONMENT: Final = {"MALLOC_TRIM_THRESHOLD_": str(4 << 30), "MALLOC_TOP_PAD_": str(64 << 20)}
