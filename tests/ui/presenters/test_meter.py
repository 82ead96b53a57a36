"""What the status line says while a prompt is read and an answer written."""

from app.ui.presenters.meter import Meter


def test_reading_says_how_long_it_takes_once_that_is_known():
    now = [100.0]
    meter = Meter(lambda: now[0])
    assert meter.read(512, 10_512) is None
    now[0] += 0.5
    assert meter.read(1_024, 10_512) is None
    now[0] += 1.5
    assert meter.read(2_512, 10_512) == 8.0
    now[0] += 998
    assert meter.read(5_512, 10_512) == 1000.0


def test_the_speed_is_that_of_writing_alone():
    now = [0.0]
    meter = Meter(lambda: now[0])
    now[0] = 3.0
    meter.take(1)
    assert (meter.first_token_s, meter.tokens_per_s) == (3.0, 0.0)
    now[0] = 5.0
    meter.take(40)
    assert meter.tokens_per_s == 20.0


def test_the_first_token_is_timed_from_when_the_model_has_the_question():
    now = [0.0]
    meter = Meter(lambda: now[0])
    now[0] = 40.0  # loading, or a question to the user
    meter.restart()
    now[0] = 40.5
    meter.take(1)
    assert meter.first_token_s == 0.5
    now[0] = 60.0  # a notice while it writes
    meter.restart()
    assert meter.first_token_s == 0.5
