using System.Collections.Immutable;

using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <summary>
/// Sends a long list of processes in parts, and puts the parts together. A long message would hold up the heartbeats behind it.
/// One object collects the parts of one node. A list that comes after a later one of the same registry is dropped, because a former
/// connection may still be read beside the present one.
/// </summary>
internal sealed class HelloParts
{
    /// <summary>
    /// The most characters of a list, as <see cref="SizeOf(LocalProcess)"/> counts them. A list of 65,536 processes has fewer.
    /// </summary>
    public const long SizeMax = 16 * 1024 * 1024;

    // Characters of names and paths.
    private const int PartSizeMax = 32_000;

    // Roughly the memory of a process or a part without its texts, in characters.
    private const int Overhead = 100;

    private readonly SortedDictionary<int, WireMessage.Hello> _parts = [];
    private (ListNumber List, long? Since) _latest;

    /// <summary>The messages that tell of the processes of this Hello: one if they fit into it.</summary>
    public static IEnumerable<WireMessage.Hello> Of(WireMessage.Hello whole)
    {
        var processes = whole.Processes;
        List<ImmutableArray<LocalProcess>> parts = [];
        var (first, size) = (0, 0);
        for (var i = 0; i < processes.Length; i++)
        {
            var added = processes[i].Group.Length + processes[i].Name.Value.Length + processes[i].Engine.Length;
            if (size > 0 && size + added > PartSizeMax)
            {
                parts.Add(processes[first..i]);
                (first, size) = (i, 0);
            }

            size += added;
        }

        parts.Add(processes[first..]);
        return parts.Select((part, place) => whole with { Processes = part, Place = place, Count = parts.Count });
    }

    public long Size { get; private set; }

    /// <summary>The characters of the names and paths of a part, plus <see cref="Overhead"/> for each process and for the part.</summary>
    public static long SizeOf(WireMessage.Hello part) => Overhead + part.Processes.Sum(SizeOf);

    public static long SizeOf(LocalProcess process) =>
        Overhead + process.Group.Length + process.Name.Value.Length + process.Engine.Length;

    /// <summary>
    /// Takes a part. Returns all processes once the list is complete. Drops a part of a list that an earlier part has superseded.
    /// </summary>
    public ImmutableArray<LocalProcess>? Add(WireMessage.Hello part)
    {
        if (part.List.IsBefore(_latest.List))
        {
            return null;
        }

        if ((part.List, part.Since) != _latest)
        {
            _latest = (part.List, part.Since);
            Clear();
        }

        Size += SizeOf(part) - (_parts.TryGetValue(part.Place, out var before) ? SizeOf(before) : 0);
        _parts[part.Place] = part;
        if (_parts.Count < part.Count)
        {
            return null;
        }

        ImmutableArray<LocalProcess> whole = [.. _parts.Values.SelectMany(each => each.Processes)];
        Clear();
        return whole;
    }

    private void Clear()
    {
        _parts.Clear();
        Size = 0;
    }
}
