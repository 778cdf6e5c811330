using System.Collections.Immutable;

using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <summary>
/// Sends a long list of processes in parts, and puts the parts together. A node with a thousand groups has a list that exceeds the frame of
/// the remoting, 128,000 bytes by default. One object collects the parts of one node.
/// </summary>
internal sealed class HelloParts
{
    // Characters of names and paths.
    private const int PartSizeMax = 32_000;

    private readonly Dictionary<int, WireMessage.HelloPart> _parts = [];

    /// <summary>The messages that tell of these processes: one Hello if they fit into it.</summary>
    /// <param name="number">Differs from that of the list before.</param>
    public static IReadOnlyList<WireMessage> Of(ImmutableArray<LocalProcess> processes, bool isReply, long number)
    {
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
        return parts.Count == 1
            ? [new WireMessage.Hello(processes, isReply)]
            : [.. parts.Select((part, place) => new WireMessage.HelloPart(part, isReply, number, place, parts.Count))];
    }

    /// <summary>Takes a part. Returns the whole Hello when it is complete. Parts of another list are dropped.</summary>
    public WireMessage.Hello? Add(WireMessage.HelloPart part)
    {
        if (_parts.Values.Any(other => other.Number != part.Number || other.Count != part.Count))
        {
            _parts.Clear();
        }

        _parts[part.Place] = part;
        if (_parts.Count < part.Count)
        {
            return null;
        }

        var whole = new WireMessage.Hello([.. _parts.OrderBy(each => each.Key).SelectMany(each => each.Value.Processes)], part.IsReply);
        _parts.Clear();
        return whole;
    }
}
