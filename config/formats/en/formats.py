"""To the second, on a clock of 24 hours: the admin tells what happened when."""

DATETIME_FORMAT = "j M Y, H:i:s"
DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i:s"
