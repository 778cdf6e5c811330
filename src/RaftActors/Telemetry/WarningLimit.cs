using System.Diagnostics.CodeAnalysis;

namespace RaftActors.Telemetry;

/// <summary>
/// Lets a warning through if the same one was not given lately, and adds how many were held back meanwhile. A foreign program that tries
/// for ever cannot fill the log. The memory is bounded. Thread-safe.
/// </summary>
internal sealed class WarningLimit(TimeProvider clock)
{
    private const int MaxKnown = 100;
    private const int MaxOfSource = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string From, string Why), (long At, int HeldBack)> _given = [];

    /// <summary>Tells whether to give a warning now.</summary>
    /// <param name="text">The warning, with the number of those that were held back.</param>
    public bool TryGive(string from, string why, [NotNullWhen(true)] out string? text)
    {
        text = null;
        lock (_lock)
        {
            var key = (from, why);
            var now = clock.GetTimestamp();
            if (_given.TryGetValue(key, out var given) && clock.GetElapsedTime(given.At, now) < Pause)
            {
                _given[key] = given with { HeldBack = given.HeldBack + 1 };
                return false;
            }

            if (_given.Count >= MaxKnown || _given.Keys.Count(each => each.From == from) >= MaxOfSource)
            {
                // Many addresses, or a source with ever new texts, get no more lines in this minute.
                Forget(now);
                if (_given.Count >= MaxKnown || _given.Keys.Count(each => each.From == from) >= MaxOfSource)
                {
                    return false;
                }
            }

            _given[key] = (now, 0);
            text = given.HeldBack > 0 ? $"{why} ({given.HeldBack} more like this since the last line.)" : why;
            return true;
        }
    }

    private void Forget(long now)
    {
        foreach (var (key, given) in _given)
        {
            if (clock.GetElapsedTime(given.At, now) >= Pause)
            {
                _given.Remove(key);
            }
        }
    }
}
