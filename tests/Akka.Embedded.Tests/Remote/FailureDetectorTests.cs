using Akka.Remote;

namespace Akka.Embedded.Tests.Remote;

public sealed class FailureDetectorTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TimeSpan _now = TimeSpan.FromHours(1);

    [Fact]
    public void Phi_rises_with_silence_and_falls_with_the_next_heartbeat()
    {
        var detector = Phi(threshold: 8, pause: TimeSpan.Zero);
        Beat(detector, times: 20);

        var phis = Enumerable.Range(0, 10).Select(_ => After(detector, Second / 5)).ToList();

        Assert.Equal(phis.Order(), phis);
        Assert.False(detector.IsAvailable);
        detector.HeartBeat();
        Assert.True(detector.IsAvailable);
    }

    [Fact]
    public void Peer_is_available_during_the_acceptable_pause()
    {
        var detector = Phi(threshold: 8, pause: 3 * Second);
        Beat(detector, times: 20);

        _now += 3 * Second;
        Assert.True(detector.IsAvailable);
        _now += 3 * Second;
        Assert.False(detector.IsAvailable);
    }

    [Fact]
    public void Phi_of_an_endless_silence_is_a_number_above_the_threshold()
    {
        var detector = Phi(threshold: 8, pause: TimeSpan.Zero);
        Beat(detector, times: 3);

        _now += TimeSpan.FromDays(1);

        Assert.False(detector.IsAvailable);
    }

    [Fact]
    public void Detector_does_not_monitor_before_the_first_heartbeat()
    {
        FailureDetector[] detectors = [Phi(8, Second), new DeadlineFailureDetector(Second, Second, () => _now)];

        _now += TimeSpan.FromDays(1);

        Assert.All(detectors, detector => Assert.False(detector.IsMonitoring));
        Assert.All(detectors, detector => Assert.True(detector.IsAvailable));
    }

    [Fact]
    public void Deadline_detector_suspects_after_interval_and_pause()
    {
        var detector = new DeadlineFailureDetector(3 * Second, Second, () => _now);
        detector.HeartBeat();

        _now += 4 * Second - TimeSpan.FromTicks(1);
        Assert.True(detector.IsAvailable);
        _now += TimeSpan.FromTicks(1);
        Assert.False(detector.IsAvailable);
    }

    private PhiAccrualFailureDetector Phi(double threshold, TimeSpan pause) =>
        new(threshold, 100, TimeSpan.FromMilliseconds(100), pause, Second, () => _now);

    private void Beat(FailureDetector detector, int times)
    {
        for (; times > 0; times--)
        {
            _now += Second;
            detector.HeartBeat();
        }
    }

    private double After(PhiAccrualFailureDetector detector, TimeSpan silence)
    {
        _now += silence;
        return detector.Phi;
    }
}
