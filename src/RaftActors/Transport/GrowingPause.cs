namespace RaftActors.Transport;

/// <summary>The pause after a failed attempt to connect: twice as long each time, up to a limit. Not thread-safe.</summary>
internal sealed class GrowingPause(TimeSpan first, TimeSpan longest)
{
    /// <summary>The pause after the latest failure. Zero: none since the last <see cref="Reset"/>.</summary>
    public TimeSpan Current { get; private set; }

    /// <summary>An attempt has failed.</summary>
    public void Grow() => Current = Current == default ? first : Current < longest / 2 ? 2 * Current : longest;

    /// <summary>An attempt has succeeded, or the next one need not wait.</summary>
    public void Reset() => Current = default;
}
