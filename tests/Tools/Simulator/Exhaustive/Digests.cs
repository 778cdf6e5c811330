using RaftActors.Core;

namespace RaftActors.Simulator.Exhaustive;

/// <summary>Digests of states, messages and entries, under each renaming of the processes.</summary>
internal sealed class Digests(bool isSymmetric)
{
    private static readonly int[][] AllRenamings = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

    private readonly DigestSink _sink = new();

    /// <summary>The renamings; the first changes nothing.</summary>
    public int[][] Renamings { get; private set; } = isSymmetric ? AllRenamings : AllRenamings[..1];

    /// <summary>Keeps only the renamings that a test says change nothing.</summary>
    public void Restrict(Func<int, bool> isKept) => Renamings = [.. Renamings.Where((_, place) => isKept(place))];

    public (ulong High, ulong Low) Of(LocalProcess process, int renaming = 0)
    {
        var durability = process.State.Durability;
        _sink.Begin(Renamings[renaming], durability.Done.Value, process.State.Now);
        _sink.Number(Renamings[renaming][process.Process.Number]);
        Writer<RaftCore>.Write(_sink, process.Core);
        Writer<ModelDisk>.Write(_sink, process.Disk);
        Writer<MemoryStream>.Write(_sink, process.Process.Incoming);
        Writer<VoteChecker>.Write(_sink, process.Votes);
        Writer<Delivered>.Write(_sink, process.Delivered);
        _sink.Number(process.Process.Given);
        _sink.Number(process.Process.SnapshotTo);
        _sink.Number(process.Led);
        return _sink.End();
    }

    public (ulong High, ulong Low) Of(Envelope envelope, int renaming = 0)
    {
        _sink.Begin(Renamings[renaming]);
        Writer<Envelope>.Write(_sink, envelope);
        return _sink.End();
    }

    /// <summary>A hash of an entry; never 0.</summary>
    public ulong Of(LogEntry entry)
    {
        _sink.Begin(AllRenamings[0]);
        Writer<LogEntry>.Write(_sink, entry);
        return _sink.End().High | 1;
    }

    /// <summary>The low halves under all renamings.</summary>
    public ulong[] Names(Func<int, (ulong High, ulong Low)> digest) =>
        [.. Enumerable.Range(0, Renamings.Length).Select(i => digest(i).Low)];
}
