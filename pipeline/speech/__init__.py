"""Audio to hypotheses: VAD, policy, Whisper, guards, and the worker process they run in."""

from pipeline.speech.client import RecogniserProcess
from pipeline.speech.local import LocalRecogniser, Recogniser
from pipeline.speech.sharing import Sharing
from pipeline.speech.stage import recognise
from pipeline.speech.supervisor import SupervisedRecogniser

__all__ = ["LocalRecogniser", "Recogniser", "RecogniserProcess", "Sharing", "SupervisedRecogniser", "recognise"]
