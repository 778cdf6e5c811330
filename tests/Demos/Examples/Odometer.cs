namespace RaftActors.Examples;

/// <summary>Adds up ways. A negative one is refused before it is written.</summary>
public sealed class Odometer() : RaftActor<int, int>(new() { FindFault = (key, value) => value < 0 ? $"{key} cannot go back" : null })
{
    private int _total;

    protected override int HandleAppend(Entry<int> entry) => _total += entry.Value;

    // Kept up to date by HandleAppend, so that a digest does not read all entries.
    protected override ulong? HandleDigest() => (ulong)_total;
}
