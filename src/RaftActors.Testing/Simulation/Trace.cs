using System.Runtime.InteropServices;

namespace RaftActors.Testing.Simulation;

/// <summary>What happened, for people, and a hash of all of it: two runs of a seed have the same one.</summary>
/// <param name="expected">The trace of an earlier run of the seed, or null in the first run.</param>
internal sealed class Trace(Trace? expected = null)
{
    // A run that fails late has a long trace. Its end is what matters.
    private const int LinesMax = 2000;

    private readonly Queue<string> _lines = [];
    private readonly Queue<string> _story = [];

    // The hash after each event.
    private readonly List<ulong> _hashes = [];

    public ulong Hash { get; private set; }

    /// <summary>Off: lines are not kept, which is faster. The hash is the same.</summary>
    public bool IsKept { get; set; }

    /// <summary>Gets all lines, or is null if nobody reads them.</summary>
    public TextWriter? Output { get; set; }

    public bool NeedsLines => IsKept || Output is not null;

    /// <summary>All events.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>The events besides the messages between the members of the group.</summary>
    public IReadOnlyCollection<string> Story => _story;

    /// <summary>Whether an event differs from the one of the earlier run.</summary>
    public bool Differs { get; private set; }

    /// <summary>Adds an event to the hash and to the lines.</summary>
    public void Add(TimeSpan at, string text)
    {
        Show(at, text, isOfStory: true);
        Mix(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    /// <summary>Adds numbers to the hash only.</summary>
    public void Mix(long first, long second) => Mix(MemoryMarshal.AsBytes([first, second]));

    /// <summary>Adds bytes to the hash only.</summary>
    public void Mix(ReadOnlySpan<byte> bytes)
    {
        Hash = StateHash.Extend(Hash, bytes);
        _hashes.Add(Hash);
        Differs |= expected is not null && (_hashes.Count > expected._hashes.Count || expected._hashes[_hashes.Count - 1] != Hash);
    }

    /// <summary>Adds a line only.</summary>
    public void Show(TimeSpan at, string text, bool isOfStory)
    {
        if (!NeedsLines)
        {
            return;
        }

        var line = FormattableString.Invariant($"{at.TotalSeconds,10:0.0000} s  {text}");
        Output?.WriteLine(line);
        Keep(_lines, line);
        if (isOfStory)
        {
            Keep(_story, line);
        }
    }

    private void Keep(Queue<string> lines, string line)
    {
        if (IsKept)
        {
            if (lines.Count == LinesMax)
            {
                lines.Dequeue();
            }

            lines.Enqueue(line);
        }
    }
}
