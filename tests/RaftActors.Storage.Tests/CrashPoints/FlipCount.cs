namespace RaftActors.Storage.Tests.CrashPoints;

/// <summary>Counts the results of flipped bits.</summary>
/// <param name="Refused">The directory or the store reports damage.</param>
/// <param name="Same">The store serves its state as it was written.</param>
/// <param name="Earlier">The store serves an earlier state.</param>
/// <param name="Wrong">The store serves a state that never existed.</param>
internal readonly record struct FlipCount(int Refused, int Same, int Earlier, int Wrong)
{
    public FlipCount Plus(FlipCount other) =>
        new(Refused + other.Refused, Same + other.Same, Earlier + other.Earlier, Wrong + other.Wrong);
}
