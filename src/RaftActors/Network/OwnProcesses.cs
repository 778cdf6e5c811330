using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>The list of the processes of this node, with which each connection to another node begins. Thread-safe.</summary>
internal sealed class OwnProcesses
{
    // Characters of names and paths. A longer message would hold up the heartbeats behind it.
    private const int LengthMax = 32_000;

    // A part takes at most this share of a frame in characters, each of which has up to three bytes.
    private const int ShareOfFrame = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Group, ProcessName Name), LocalProcess> _running = [];

    public void Change(WireMessage.Presence change)
    {
        lock (_lock)
        {
            foreach (var process in change.Stopped)
            {
                _running.Remove((process.Group, process.Name));
            }

            foreach (var process in change.Running)
            {
                _running[(process.Group, process.Name)] = process;
            }
        }
    }

    /// <summary>The messages that tell of all processes: one if they fit into it.</summary>
    public IEnumerable<WireMessage.Presence> ToParts(int frameSizeMaxBytes)
    {
        var lengthMax = Math.Min(LengthMax, frameSizeMaxBytes / ShareOfFrame);
        LocalProcess[] all;
        lock (_lock)
        {
            all = [.. _running.Values];
        }

        var (first, length) = (0, 0);
        for (var i = 0; i < all.Length; i++)
        {
            var added = all[i].Length;
            if (i > first && length + added > lengthMax)
            {
                yield return new([.. all[first..i]], [], IsComplete: false);
                (first, length) = (i, 0);
            }

            length += added;
        }

        yield return new([.. all[first..]], [], IsComplete: true);
    }
}
