using RaftActors.Core;

namespace RaftActors.Simulator.Exhaustive;

/// <summary>A state of one process: what the properties and the explorer need of it.</summary>
internal sealed class LocalState
{
    public LocalState(LocalProcess process, int parent, LocalInput input, ulong[] names, Func<LogEntry, ulong> hashOf)
    {
        var (core, scope, image) = (process.Core, process.Scope, process.Process);
        (Number, Parent, Input, Names) = (image.Number, parent, input, names);
        (Term, Led, IsLeader) = (core.Term.Value, process.Led, core.Role == RaftRole.Leader);
        (IsWriting, MayCampaign) = (process.Disk.IsBusy, !IsLeader && Term < scope.MaxTerm);
        IsSticky = core.Role == RaftRole.Follower && core.Leader is not null && process.State.Now < process.State.Election.StickyUntil;
        MayTakeSnapshot = image.Given > Math.Max(image.SnapshotTo, 1) && !IsWriting;
        Log = Stretch.Of(image.Log, hashOf);
        Disk = Stretch.Of(image.Disk.Log, hashOf);
        Delivered = process.Delivered.ToArray();
        Votes = VotesOf(process, scope.MaxTerm);
    }

    /// <summary>The number of the process.</summary>
    public int Number { get; }

    /// <summary>The state before <see cref="Input"/>; -1 for a first start.</summary>
    public int Parent { get; }

    public LocalInput Input { get; }

    /// <summary>The hashes of the state under all renamings.</summary>
    public ulong[] Names { get; }

    public long Term { get; }

    /// <summary>The terms that it has led, a bit for each.</summary>
    public int Led { get; }

    public bool IsLeader { get; }

    public bool IsWriting { get; }

    public bool MayCampaign { get; }

    /// <summary>It holds to its leader, and elects no other one.</summary>
    public bool IsSticky { get; }

    public bool MayTakeSnapshot { get; }

    /// <summary>The log in memory.</summary>
    public Stretch Log { get; }

    /// <summary>The log on the disk.</summary>
    public Stretch Disk { get; }

    /// <summary>As <see cref="Exhaustive.Delivered.ToArray"/> returns them.</summary>
    public (ulong Entry, ulong State, long Term)[] Delivered { get; }

    /// <summary>By term: the number of the process that it voted for; -1 for no vote.</summary>
    public sbyte[] Votes { get; }

    private static sbyte[] VotesOf(LocalProcess process, long maxTerm)
    {
        var (votes, voter, durable) = (new sbyte[maxTerm + 1], process.Process.Member, process.Disk.HardState);
        for (var term = 0; term <= maxTerm; term++)
        {
            votes[term] = -1;
            foreach (var candidate in FoundedGroup.Members)
            {
                var isOwn = candidate == voter && durable.Term.Value == term && durable.VotedFor == voter;
                if (isOwn || process.Votes.HasVoted(voter, new Term(term), candidate))
                {
                    votes[term] = (sbyte)FoundedGroup.NumberOf(candidate.Name);
                }
            }
        }

        return votes;
    }
}

/// <summary>A log as hashes of its entries.</summary>
/// <param name="Base">The last index that was discarded.</param>
internal sealed record Stretch(long Base, (ulong Hash, long Term)[] Entries)
{
    public long Last => Base + Entries.Length;

    public (ulong Hash, long Term) this[long index] => Entries[index - Base - 1];

    public static Stretch Of(LogImage log, Func<LogEntry, ulong> hashOf) =>
        new(log.Base.Index.Value, [.. log.All().Select(entry => (hashOf(entry), entry.Term.Value))]);

    /// <summary>Whether the log holds an entry, or a snapshot covers its index.</summary>
    public bool Holds(long index, ulong hash) => index <= Base || (index <= Last && this[index].Hash == hash);
}
