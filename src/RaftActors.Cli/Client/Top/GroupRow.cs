using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors.Cli.Client.Top;

/// <summary>One group at one moment, as its processes on all nodes that answered tell.</summary>
/// <param name="Processes">One or more.</param>
internal sealed record GroupRow(string Group, ImmutableArray<ProcessRow> Processes)
{
    private const ProcessMarks Faults = ProcessMarks.Failed | ProcessMarks.Fenced | ProcessMarks.NameConflict
        | ProcessMarks.DiskNearlyFull | ProcessMarks.ActorFault;

    public long Term => Members.Select(process => process.Term).DefaultIfEmpty().Max();

    /// <summary>The leader of the latest term; null: no member that answered knows one.</summary>
    public ProcessName? Leader
    {
        get
        {
            var term = Term;
            var latest = Members.Where(process => process.Term == term).ToList();
            return latest.FirstOrDefault(process => process.Role == RaftRole.Leader)?.Place.Name
                ?? latest.FirstOrDefault(process => process.Leader is not null)?.Leader;
        }
    }

    public long Committed => Processes.Max(process => process.Committed.Value);

    /// <summary>The pairs that the slowest member is behind <see cref="Committed"/>.</summary>
    public long Lag => Committed - Members.Select(process => process.Delivered.Value).DefaultIfEmpty(Committed).Min();

    /// <summary>The number of members, as the leader knows it, or without one the process with the latest term and pair.</summary>
    public int Known => Math.Max(Answered, Latest.Members);

    /// <summary>The number of members that answered.</summary>
    public int Answered => Members.Count();

    /// <summary>The longest of the latest syncs of the members; null: none is known.</summary>
    public TimeSpan? SyncTime => Processes.Max(process => process.SyncTime);

    /// <summary>Whether a member did not answer.</summary>
    public bool HasSilent => Silent > 0;

    private ProcessRow Latest => Processes.OrderByDescending(process => process.Role == RaftRole.Leader)
        .ThenByDescending(process => process.Term).ThenByDescending(process => process.Committed).First();

    private IEnumerable<ProcessRow> Members => Processes.Where(process => process.Has(ProcessMarks.Member));

    private IEnumerable<ProcessRow> NotOpen => Processes.Where(process => !process.Has(ProcessMarks.Open));

    // Their nodes answered. They do not know yet that they are members.
    private int Silent => Math.Max(0, Known - Answered - NotOpen.Count());

    /// <summary>Whether an operator should look at the group.</summary>
    public bool IsProblem =>
        Leader is null || Silent > 0 || Processes.Any(process => process.Has(Faults)) || NotOpen.Any();

    /// <summary>Commits per second since an earlier row of the same group; null: there is none.</summary>
    public double? RateSince(GroupRow? before, TimeSpan time) =>
        before is null ? null : Math.Max(0, Committed - before.Committed) / time.TotalSeconds;

    /// <summary>What is wrong, in short; empty: nothing.</summary>
    public string Note(Target target)
    {
        List<string> notes = [];
        foreach (var process in Processes)
        {
            var name = target.Show(process.Place.Name);
            AddIf(process.Has(ProcessMarks.Failed), $"{name} has failed");
            AddIf(process.Has(ProcessMarks.Fenced), $"{name} is fenced");
            AddIf(!process.Has(ProcessMarks.Open | ProcessMarks.Failed), $"{name} opens its store");
            AddIf(process.Has(ProcessMarks.NameConflict), $"{name} sees two processes with one name");
            AddIf(process.Has(ProcessMarks.DiskNearlyFull), $"the disk of {name} is nearly full");
            AddIf(process.Has(ProcessMarks.ActorFault), $"{name} has an actor at fault, see 'raft check'");
        }

        AddIf(Silent > 0, $"{Silent} did not answer");
        return string.Join(", ", notes);

        void AddIf(bool holds, string note)
        {
            if (holds)
            {
                notes.Add(note);
            }
        }
    }
}
