namespace RaftActors.Simulator;

/// <summary>How much of the time groups committed.</summary>
/// <param name="Intervals">The seconds of the simulation.</param>
/// <param name="WithCommit">Those in which the probe was committed.</param>
/// <param name="Changes">Changes of the voters.</param>
internal readonly record struct AvailabilityCount(long Intervals, long WithCommit, long Changes)
{
    public long Without => Intervals - WithCommit;

    public static AvailabilityCount operator +(AvailabilityCount one, AvailabilityCount other) =>
        new(one.Intervals + other.Intervals, one.WithCommit + other.WithCommit, one.Changes + other.Changes);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"commits in {100.0 * WithCommit / Intervals:F3} % of the time, {Without} s of {Intervals} s without; {Changes} changes of voters");
}
