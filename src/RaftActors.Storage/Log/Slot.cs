using RaftActors.Core;
using RaftActors.Storage.Snapshots;

namespace RaftActors.Storage.Log;

/// <summary>One process's part of a shared log. Touched only by whoever holds the writer's lock.</summary>
internal sealed class Slot(ushort number)
{
    public ushort Number => number;

    public string SnapshotFolder => SnapshotName.FolderOf(number);

    /// <summary>As it is after all that was given to be written.</summary>
    public SlotState State;

    public EntryRuns Runs { get; private init; } = new();

    /// <summary>What was read, until the store is opened for the first time.</summary>
    public SlotReplay? Recovered { get; set; }

    /// <summary>Nothing of this slot can be served, and no segment may be deleted: they are all that is left of it.</summary>
    public StoreDamage? Damage { get; private init; }

    /// <summary>Whoever has it open.</summary>
    public FileStore? OpenedBy { get; set; }

    public SnapshotFolder? Snapshots { get; set; }

    public static Slot Of(SlotReplay read) => new(read.Number)
    {
        State = read.State,
        Runs = read.Runs,
        Recovered = read,
        Damage = read.Damage,
    };

    /// <summary>The log begins after this position, and ends there if it ended before.</summary>
    public void DiscardTo(LogPosition position, bool keepsLog)
    {
        var last = keepsLog && State.Last > position.Index ? State.Last : position.Index;
        Runs.CutTo(position.Index, last);
        (State.Base, State.Last) = (position, last);
    }

    /// <summary>An entry goes into this segment.</summary>
    public void Append(LogIndex index, long segment)
    {
        State.Last = index;
        Runs.Add(index, segment);
    }

    /// <summary>With this a segment begins, so that those before it are needed for their entries only.</summary>
    public void AddTo(BatchBuilder builder)
    {
        builder.AddOwner(number, State.Owner!.Value, State.Incarnation);
        if (Damage is not null)
        {
            return; // The rest is where it was, and nobody can tell what it is.
        }

        if (State.HardState is { } hardState)
        {
            builder.AddHardState(number, hardState);
        }

        // What came in gets its name when the store is opened; until then the log has to go on saying that it counts.
        var isNamed = Recovered is null || !Recovered.Installed.Contains(State.Base);
        builder.AddBase(number, isNamed ? RecordType.Base : RecordType.Installed, State.Base, State.Last);
    }
}
