"""Words to sentences to cues, line breaking, SRT and VTT. Pure: no files, no clock, no threads."""
