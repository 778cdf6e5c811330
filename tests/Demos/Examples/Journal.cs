using Akka.Actor;

namespace RaftActors.Examples;

/// <summary>The actor that docs/actors.md shows: it fetches the pairs that it lacks, and serves them to others.</summary>
public sealed class Journal : RaftActor<string>
{
    private readonly SortedDictionary<Serial, Entry<string>> _pairs = [];

    public Journal() => Receive<CountPairs>(_ => Sender.Tell(_pairs.Count));

    // New pairs, and those of a gap that were not fetched, or could not be.
    protected override object? HandleAppend(Entry<string> entry)
    {
        _pairs[entry.Serial] = entry;
        return null;
    }

    protected override void HandleMissing(SerialRange gap) => Group.Get(gap);

    protected override void HandleSerial(Entry<string> entry) => _pairs[entry.Serial] = entry;

    protected override Entry<string>? HandleGet(Serial serial) => _pairs.GetValueOrDefault(serial);
}

/// <summary>Returns the number of pairs.</summary>
public sealed record CountPairs;
