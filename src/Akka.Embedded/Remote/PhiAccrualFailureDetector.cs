using Akka.Configuration;

namespace Akka.Remote;

/// <summary>
/// The φ accrual failure detector (Hayashibara et al., 2004). φ = -log10(probability that a heartbeat arrives after the current
/// silence), for a normal distribution with mean and deviation of the recent intervals. Not thread-safe: each instance belongs to
/// one actor.
/// </summary>
internal sealed class PhiAccrualFailureDetector : FailureDetector
{
    private readonly double _threshold;
    private readonly double _minimumDeviationMs;
    private readonly double _acceptablePauseMs;
    private readonly double[] _intervalsMs;
    private int _count;
    private int _next;
    private double _sum;
    private double _squares;
    private TimeSpan? _lastHeartbeat;

    public PhiAccrualFailureDetector(
        double threshold,
        int maxSampleSize,
        TimeSpan minStdDeviation,
        TimeSpan acceptableHeartbeatPause,
        TimeSpan firstHeartbeatEstimate,
        Func<TimeSpan>? clock = null)
        : base(clock)
    {
        _threshold = threshold;
        _minimumDeviationMs = minStdDeviation.TotalMilliseconds;
        _acceptablePauseMs = acceptableHeartbeatPause.TotalMilliseconds;
        _intervalsMs = new double[maxSampleSize];
        // Two assumed intervals with a wide deviation, so that the first real ones do not look like an outage.
        var mean = firstHeartbeatEstimate.TotalMilliseconds;
        Add(mean - mean / 4);
        Add(mean + mean / 4);
    }

    /// <summary>Reads the keys that all phi accrual sections of Akka share.</summary>
    public PhiAccrualFailureDetector(Config config, Func<TimeSpan>? clock = null)
        : this(
            config.GetDouble("threshold"),
            config.GetInt("max-sample-size"),
            config.GetTimeSpan("min-std-deviation"),
            config.GetTimeSpan("acceptable-heartbeat-pause"),
            config.GetTimeSpan("heartbeat-interval"),
            clock)
    {
    }

    public override bool IsMonitoring => _lastHeartbeat is not null;

    public override bool IsAvailable => Phi < _threshold;

    public double Phi
    {
        get
        {
            if (_lastHeartbeat is not { } last)
            {
                return 0;
            }
            var mean = _sum / _count;
            var deviation = Math.Max(Math.Sqrt(Math.Max(0, _squares / _count - mean * mean)), _minimumDeviationMs);
            return Suspicion((Now - last).TotalMilliseconds, mean + _acceptablePauseMs, deviation);
        }
    }

    public override void HeartBeat()
    {
        var now = Now;
        // The interval that ends an outage is not added to the samples.
        if (_lastHeartbeat is { } last && IsAvailable)
        {
            Add((now - last).TotalMilliseconds);
        }
        _lastHeartbeat = now;
    }

    // The logistic approximation of the cumulative normal distribution. The two branches preserve the precision of small numbers.
    private static double Suspicion(double silenceMs, double mean, double deviation)
    {
        var y = (silenceMs - mean) / deviation;
        var e = Math.Exp(-y * (1.5976 + 0.070566 * y * y));
        return silenceMs > mean ? -Math.Log10(e / (1 + e)) : -Math.Log10(1 - 1 / (1 + e));
    }

    private void Add(double intervalMs)
    {
        if (_count == _intervalsMs.Length)
        {
            var oldest = _intervalsMs[_next];
            _sum -= oldest;
            _squares -= oldest * oldest;
        }
        else
        {
            _count++;
        }
        _intervalsMs[_next] = intervalMs;
        _sum += intervalMs;
        _squares += intervalMs * intervalMs;
        _next = (_next + 1) % _intervalsMs.Length;
    }
}
