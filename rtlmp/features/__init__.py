"""What of the past says something of an hour to come: plain functions of a `View`, registered."""
