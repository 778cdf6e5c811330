using System.Collections.Immutable;
using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// Each majority of a configuration and each majority of the next one have a member in common (§6). A leader begins a change only when
/// the previous change and an entry of its own term are committed. No more voters are chosen than the recorded maximum, which only an
/// operator changes. The same holds for the format level, which never falls, and which the program of each process that has it reads.
/// </summary>
internal sealed class ConfigurationChecker
{
    private readonly HashSet<int> _asked = [];
    private bool _isRaiseAsked;

    /// <summary>An operator asks for this maximum of the quorum. The group may refuse it.</summary>
    public void OnAsked(int maxQuorum) => _asked.Add(maxQuorum);

    /// <summary>An operator asks for a higher format level. The group may refuse it.</summary>
    public void OnRaiseAsked() => _isRaiseAsked = true;

    public void OnWritten(SimulatedProcess process, LogSlice entries)
    {
        foreach (ref readonly var entry in entries)
        {
            if (entry.Payload is Payload.Reconfigure(var next))
            {
                Check(process, entry, next);
            }
        }
    }

    /// <summary>The latest configuration in the log is in force, committed or not. After its truncation the previous one is (§6).</summary>
    public static void CheckInForce(SimulatedProcess process, LogSlice entries)
    {
        if (!entries.IsEmpty && Before(process.Log, process.Log.Last + 1) is var (index, latest))
        {
            CheckInForce(process, index, latest);
        }
    }

    /// <summary>After a snapshot, its configuration is in force, unless the log that is kept has a later one.</summary>
    public static void CheckInForce(SimulatedProcess process, Snapshot snapshot)
    {
        var (index, latest) = Before(process.Log, process.Log.Last + 1) ?? (snapshot.ConfigurationIndex.Value, snapshot.Configuration);
        CheckInForce(process, index, latest);
    }

    private static void CheckInForce(SimulatedProcess process, long index, Configuration latest)
    {
        if (!ReferenceEquals(process.Core!.Configuration, latest) && $"{process.Core!.Configuration}" != $"{latest}")
        {
            var inForce = process.Core!.Configuration;
            throw new Violation("membership", $"{process.Member} uses {inForce}, but its log has {latest} at {index}");
        }
    }

    private void Check(SimulatedProcess process, in LogEntry entry, Configuration next)
    {
        if (next.Version.Format > process.FormatLevel)
        {
            throw new Violation("membership", $"{process.Member} writes {entry}, and its program reads level {process.FormatLevel}");
        }

        if (next.Voters.Length > next.Size || next.Size > next.MaxQuorum)
        {
            throw new Violation("membership", $"{entry} has {next.Voters.Length} voters of {next.Size}, and at most {next.MaxQuorum}");
        }

        if (HasTwice(next.Voters) || HasTwice(next.OldVoters))
        {
            throw new Violation("membership", $"{entry} has a name twice");
        }

        if (Before(process.Log, entry.Index.Value) is not var (index, last))
        {
            return;
        }

        if (next.MaxQuorum != last.MaxQuorum && !_asked.Contains(next.MaxQuorum))
        {
            throw new Violation("membership", $"{process.Member} sets the maximum {next.MaxQuorum}, which no operator asked for");
        }

        if (next.Version.Logic < last.Version.Logic)
        {
            throw new Violation("membership", $"{process.Member} lowers logic version {last.Version.Logic} to {next.Version.Logic}");
        }

        if (next.Version.Format < last.Version.Format || (next.Version.Format > last.Version.Format && !_isRaiseAsked))
        {
            throw new Violation(
                "membership",
                $"{process.Member} changes format level {last.Version.Format} to {next.Version.Format}, which no operator asked for");
        }

        if (!Overlap(last, next))
        {
            throw new Violation("membership", $"{process.Member} changes {last} to {next}, which have majorities without a common member");
        }

        if (process.Core is not { Role: RaftRole.Leader } leader || leader.Term != entry.Term)
        {
            return;
        }

        if (leader.CommitIndex.Value < index)
        {
            throw new Violation("membership", $"{process.Member} changes to {next} while the change at {index} is not committed");
        }

        if (leader.CommitIndex >= process.Log.Base.Index && process.Log.TermAt(leader.CommitIndex.Value) != leader.Term)
        {
            throw new Violation("membership", $"{process.Member} changes to {next} before it has committed an entry of its own term");
        }
    }

    private static (long Index, Configuration Configuration)? Before(LogImage log, long index)
    {
        while (--index > log.Base.Index.Value)
        {
            if (log[index].Payload is Payload.Reconfigure(var configuration))
            {
                return (index, configuration);
            }
        }

        return null;
    }

    private static bool Overlap(Configuration one, Configuration other) =>
        Overlap(one.Voters, other.Voters)
        || Overlap(one.Voters, other.OldVoters)
        || Overlap(one.OldVoters, other.Voters)
        || Overlap(one.OldVoters, other.OldVoters);

    /// <summary>An empty place is never counted, but a majority is one of all places.</summary>
    private static bool Overlap(ImmutableArray<Member> one, ImmutableArray<Member> other) =>
        !one.IsEmpty
        && !other.IsEmpty
        && QuorumSize.MajorityOf(one.Length) + QuorumSize.MajorityOf(other.Length)
            > one.Union(other).Count(member => member.Incarnation != Incarnation.None);

    private static bool HasTwice(ImmutableArray<Member> members) =>
        members.Select(member => member.Name).Distinct().Count() < members.Length;
}
