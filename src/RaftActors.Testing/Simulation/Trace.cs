namespace RaftActors.Testing.Simulation;

/// <summary>What happened, for people, and a hash of all of it: two runs of a seed have the same one.</summary>
internal sealed class Trace
{
    // A run that fails late has a long trace. Its end is what matters.
    private const int LinesMax = 2000;

    private readonly Queue<string> _lines = [];

    public ulong Hash { get; private set; } = 14695981039346656037;

    /// <summary>Off: lines are not kept, which is faster. The hash is the same.</summary>
    public bool IsKept { get; set; }

    /// <summary>Gets all lines. Null: nobody reads them.</summary>
    public TextWriter? Output { get; set; }

    public bool NeedsLines => IsKept || Output is not null;

    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Adds an event to the hash and to the lines.</summary>
    public void Add(TimeSpan at, string text)
    {
        foreach (var c in text)
        {
            Hash = (Hash ^ c) * 1099511628211;
        }

        Show(at, text);
    }

    /// <summary>Adds numbers to the hash only.</summary>
    public void Mix(long first, long second)
    {
        Hash = (Hash ^ (ulong)first) * 1099511628211;
        Hash = (Hash ^ (ulong)second) * 1099511628211;
    }

    /// <summary>Adds a line only.</summary>
    public void Show(TimeSpan at, string text)
    {
        if (!NeedsLines)
        {
            return;
        }

        var line = FormattableString.Invariant($"{at.TotalSeconds,10:0.0000} s  {text}");
        Output?.WriteLine(line);
        if (IsKept)
        {
            if (_lines.Count == LinesMax)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line);
        }
    }
}
