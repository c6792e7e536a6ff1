"""Where observations come from: one function a source."""
