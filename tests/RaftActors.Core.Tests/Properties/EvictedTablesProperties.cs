using FsCheck;
using FsCheck.Fluent;

namespace RaftActors.Core.Tests.Properties;

/// <summary>Snapshots of a process whose log in memory holds next to nothing.</summary>
public sealed class EvictedTablesProperties
{
    private const int Mebibyte = 1 << 20;

    private static readonly SessionBounds Few = new(MaxOrigins: 3, MaxRequests: 4, MaxKeys: 4, MaxClosed: 2);

    private readonly List<LogEntry> _committed = [];

    [Fact]
    public void Snapshot_holds_the_tables_of_its_index_after_evictions_and_earlier_snapshots()
    {
        // A step of kind 0 takes a snapshot, one of kind 1 restarts the process, and one of kind 2 closes an origin. The others append a
        // pair.
        var steps = Gen.Choose(0, 11).SelectMany(kind => Gen.Choose(0, 99).Select(at => (kind, at))).ArrayOf(60);
        Prop.ForAll(steps.ToArbitrary(), drawn =>
        {
            _committed.Clear();
            var process = Start();
            foreach (var (kind, at) in drawn)
            {
                switch (kind)
                {
                    case 0 when process.Core!.CommitIndex > (process.Core.Snapshot?.Position.Index ?? LogIndex.Zero):
                        process.TakeSnapshot(length: 1);
                        break;
                    case 1:
                        process.Crash();
                        process.Start();
                        Lead(process);
                        break;
                    case 2:
                        process.Step(new Input.Close([new RequestId(Origin(at % 5), at)]));
                        FinishWrites(process);
                        break;
                    default:
                        Propose(process, origin: at % 5, number: at, key: at % 7, new byte[1]);
                        break;
                }

                if (!HoldsTheTablesOfEachIndex(process.Core!))
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Entries_after_a_planned_snapshot_stay_in_memory_until_it_is_described()
    {
        var process = Start();
        var planned = process.Core!.CommitIndex;
        process.Step(new Input.SnapshotPlanned(planned));
        for (var number = 1; number <= 20; number++)
        {
            Propose(process, 1, number, number, new byte[1]);
        }

        Assert.Equal(planned, process.Core!.DescribeSnapshot(planned, 1).Position.Index);

        process.Step(new Input.SnapshotPlanned(null));

        Assert.True(process.Core!.Floor.Index > planned);
        Assert.Throws<ArgumentOutOfRangeException>(() => process.Core!.DescribeSnapshot(planned, 1));
    }

    [Fact]
    public void Planned_snapshot_keeps_16_MiB_in_memory_and_no_more()
    {
        var process = Start();
        var planned = process.Core!.CommitIndex;
        process.Step(new Input.SnapshotPlanned(planned));
        for (var number = 1; number <= 15; number++)
        {
            Propose(process, 1, number, number, new byte[Mebibyte]);
        }

        Assert.True(process.Core!.Floor.Index <= planned);

        Propose(process, 1, 16, 16, new byte[Mebibyte]);

        Assert.True(process.Core!.Floor.Index.Value >= planned.Value + 10);
    }

    private static void Lead(SimulatedProcess process)
    {
        while (process.Core is not { Role: RaftRole.Leader } core || core.CommitIndex < core.LastPosition.Index)
        {
            process.Step(Input.Tick.Instance);
            FinishWrites(process);
        }
    }

    private static void FinishWrites(SimulatedProcess process)
    {
        while (process.HasWrites)
        {
            process.FinishOneWrite();
        }
    }

    private static void Propose(SimulatedProcess process, int origin, int number, int key, byte[] value)
    {
        var request = new RequestId(Origin(origin), number);
        var requestKey = new RequestKeyHash(new Guid(key, 0, 0, new byte[8]));
        process.Step(new Input.Propose([new Payload.KeyedPair(requestKey, request, "key", value)]));
        FinishWrites(process);
    }

    private static Member Origin(int number) => new(new ProcessName("client@x"), SimulatedProcess.IncarnationOf(number));

    private static string Text(IEnumerable<SessionState> sessions) =>
        string.Join('\n', sessions.Select(one => $"{one.Origin} {one.Forgotten}: {string.Join(' ', one.Answered)}"));

    private static string Text(KeyTable keys) => $"{keys.Forgotten}: {string.Join(' ', keys.Keys)}";

    private SimulatedProcess Start()
    {
        var process = FoundedGroup.Alone(retainedEntries: 5, Few, logMemory: 0);
        _committed.AddRange(process.Durable.Log);
        process.Did += (_, effect) =>
        {
            if (effect is Effect.Commit commit)
            {
                _committed.AddRange(commit.Entries.Where(entry => entry.Index > _committed[^1].Index));
            }
        };
        Lead(process);
        return process;
    }

    private bool HoldsTheTablesOfEachIndex(RaftCore core)
    {
        var (sessions, keys) = (new Sessions(Few, [], Serial.Zero), new RequestKeys(Few, KeyTable.Empty));
        foreach (var entry in _committed)
        {
            sessions.Add(entry);
            keys.Add(entry);
            if (entry.Index >= core.Floor.Index
                && entry.Index <= core.CommitIndex
                && entry.Index > (core.Snapshot?.Position.Index ?? LogIndex.Zero)
                && core.DescribeSnapshot(entry.Index, 1) is var found
                && (Text(found.Sessions) != Text(sessions.ToStates())
                    || found.ForgottenOrigins != sessions.Forgotten
                    || Text(found.Keys) != Text(keys.ToTable())
                    || (found.Position.Index, found.Position.Serial) != (entry.Index, entry.Serial)))
            {
                return false;
            }
        }

        return true;
    }
}
