using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// Each process gets each index once and in order, or by a snapshot with the state of its index. At the first delivery of an entry, a
/// majority of every set of voters in force has it on disk.
/// </summary>
internal sealed class DeliveryChecker(Ledger ledger, List<SimulatedProcess> processes, Entitlement entitlement)
{
    private readonly HashSet<Member> _forgiven = [];

    /// <summary>The disk of this member was lost or replaced by a copy. It may have held more before.</summary>
    public void Forgive(Member member) => _forgiven.Add(member);

    public void OnCommit(SimulatedProcess process, in LogEntry entry, Configuration before)
    {
        if (entry.Index.Value != process.Given + 1)
        {
            throw new Violation("delivery", $"{entry} is delivered to {process.Member} after index {process.Given}");
        }

        process.Given++;
        if (ledger.Give(process, entry) && !IsOnDisks(entry, before) && !IsOnDisks(entry, process.Core!.Configuration))
        {
            throw new Violation("majority", $"{process.Member} committed {entry}, which is not on the disks of a majority of {before}");
        }
    }

    /// <summary>A snapshot replaces the state of a process.</summary>
    public void OnSnapshot(SimulatedProcess process, Snapshot snapshot)
    {
        var index = snapshot.Position.Index.Value;
        if (index > ledger.Count || process.State.Index != index || process.State.Hash != ledger.StateAt(index))
        {
            throw new Violation("snapshot", $"{process.Member} receives a snapshot {snapshot} whose state is not that of its index");
        }

        if (ledger[index].Term != snapshot.Position.Term || ledger[index].Serial != snapshot.Position.Serial)
        {
            throw new Violation("snapshot", $"{process.Member} receives a snapshot {snapshot} where {ledger[index]} was committed");
        }

        if (index < process.Given)
        {
            throw new Violation("delivery", $"{process.Member} receives a snapshot {snapshot} after index {process.Given}");
        }

        process.Given = index;
    }

    /// <summary>A leader counts disks only for entries of its own term. Older entries are committed with them (§5.4.2).</summary>
    public static void CheckCommittedByOwnTerm(SimulatedProcess process, in LogEntry last)
    {
        if (process.Core is { Role: RaftRole.Leader } leader && last.Term != leader.Term)
        {
            throw new Violation("own term", $"{process.Member} leads term {leader.Term} and committed {last} before an entry of its own");
        }
    }

    /// <summary>Entries after a snapshot may stay only if the log holds the snapshot's last entry.</summary>
    public static void CheckKeptLog(SimulatedProcess process, Effect.InstallSnapshot install)
    {
        var position = install.Snapshot.Position;
        var holds = position.Index.Value <= process.Log.Last && process.Log.TermAt(position.Index.Value) == position.Term;
        Violation.Unless(holds || !install.KeepsLog, "snapshot", "a log is kept that differs at the snapshot's last entry");
    }

    /// <summary>A disk that was lost since counts, because it may have held the entry when it acknowledged it.</summary>
    private bool IsOnDisks(LogEntry entry, Configuration configuration) =>
        Sets.EachHasMajority(configuration, member => IsOnDisk(entry, member) && entitlement.Has(member));

    private bool IsOnDisk(in LogEntry entry, Member member)
    {
        foreach (var process in processes)
        {
            if (process.Member == member && !_forgiven.Contains(member))
            {
                var (log, index) = (process.Disk.Log, entry.Index.Value);
                return index <= log.Base.Index.Value || (index <= log.Last && Same.Entry(log[index], entry));
            }
        }

        return true;
    }
}
