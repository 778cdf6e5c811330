namespace RaftActors.Storage.Tests.CrashPoints;

/// <summary>What became of flipped bits.</summary>
/// <param name="Refused">The directory, or the one store that is concerned, says that it is damaged.</param>
/// <param name="Same">Everything is served as it was written.</param>
/// <param name="Earlier">Something is served as it was before its last writes.</param>
/// <param name="Wrong">Something is served that never was.</param>
internal readonly record struct FlipCount(int Refused, int Same, int Earlier, int Wrong)
{
    public FlipCount Plus(FlipCount other) =>
        new(Refused + other.Refused, Same + other.Same, Earlier + other.Earlier, Wrong + other.Wrong);
}
