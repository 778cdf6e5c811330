using RaftActors.Core;

namespace RaftActors.Simulator.Exhaustive;

/// <summary>An event of the group: an input of one process.</summary>
internal readonly record struct GroupEvent(int Process, LocalInput Input)
{
    private const int ProcessBits = 2;

    /// <summary>The event as one number.</summary>
    public int Packed => (Input.Packed << ProcessBits) | Process;

    public static GroupEvent Unpack(int packed) => new(packed & ((1 << ProcessBits) - 1), LocalInput.Unpack(packed >> ProcessBits));
}

/// <summary>The events that may happen in a state, within the bounds of the scope.</summary>
internal static class Events
{
    public static void Of(Model model, GlobalState state, List<GroupEvent> events)
    {
        events.Clear();
        foreach (var message in state.Network)
        {
            var to = model.Messages.To(message);
            if (model.Messages[message].Body is not Message.TimeoutNow || model.Locals[state[to]].MayCampaign)
            {
                events.Add(new GroupEvent(to, new LocalInput(InputKind.Deliver, message)));
            }
        }

        for (var process = 0; process < FoundedGroup.Size; process++)
        {
            Add(model.Scope, state.Used, process, model.Locals[state[process]], events);
        }
    }

    /// <summary>Counts an event that is bounded.</summary>
    /// <param name="committed">The number of entries that are committed before the event.</param>
    public static Usage Use(Usage used, LocalInput input, long committed) => input.Kind switch
    {
        InputKind.Propose when input.Argument > used.Proposals => used with { Proposals = (byte)input.Argument },
        InputKind.Crash => used with { Crashes = (byte)(used.Crashes + 1) },
        InputKind.Heartbeat => used with { Heartbeats = (byte)(used.Heartbeats + 1) },
        InputKind.Snapshot => used with { Snapshots = (byte)(used.Snapshots + 1) },
        InputKind.Read => used with { Reads = (byte)input.Argument, ReadFloors = used.WithFloor(input.Argument, committed) },
        InputKind.Transfer => used with { Transfers = (byte)(used.Transfers + 1) },
        InputKind.Change => used with { Changes = (byte)(used.Changes + 1) },
        _ => used,
    };

    private static void Add(Scope scope, Usage used, int process, LocalState local, List<GroupEvent> events)
    {
        void AddIf(bool may, InputKind kind, int argument = 0)
        {
            if (may)
            {
                events.Add(new GroupEvent(process, new LocalInput(kind, argument)));
            }
        }

        AddIf(local.MayCampaign, InputKind.Timeout);
        AddIf(local.IsSticky, InputKind.Wait);
        AddIf(local.IsWriting, InputKind.Write);
        AddIf(used.Crashes < scope.Crashes, InputKind.Crash);
        AddIf(used.Snapshots < scope.Snapshots && local.MayTakeSnapshot, InputKind.Snapshot);
        AddIf(used.Reads < scope.Reads, InputKind.Read, used.Reads + 1);
        if (!local.IsLeader)
        {
            return;
        }

        AddIf(used.Heartbeats < scope.Heartbeats, InputKind.Heartbeat);
        for (var pair = scope.Retries ? 1 : used.Proposals + 1; pair <= Math.Min(scope.Proposals, used.Proposals + 1); pair++)
        {
            AddIf(true, InputKind.Propose, pair);
        }

        for (var voters = 1; voters < 1 << FoundedGroup.Size; voters++)
        {
            AddIf(used.Changes < scope.Changes, InputKind.Change, voters);
        }

        for (var target = 0; target < FoundedGroup.Size; target++)
        {
            AddIf(used.Transfers < scope.Transfers && target != process && local.Term < scope.MaxTerm, InputKind.Transfer, target);
        }
    }
}
