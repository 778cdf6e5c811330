namespace RaftActors.Storage.Tests.Contract;

/// <content>Cases about power cuts.</content>
internal static partial class RaftStoreContract
{
    private static void Acknowledged_writes_survive_a_crash(StoreBench bench)
    {
        var first = bench.Open(Preloaded);
        bench.Crash();
        var second = bench.Open();
        Demand(first.Incarnation == second.Incarnation, "The incarnation of a store without writes changed in a crash.");
        bench.Persist(HardState(2, isFull: true), Entry(3, 1), Entry(4, 1));
        bench.Persist(null, Entry(4, 2, "other"), Entry(5, 2));
        bench.Finish();
        bench.Crash();
        bench.Open();
    }

    private static void Unacknowledged_write_is_complete_or_absent_after_a_crash(StoreBench bench)
    {
        bench.Open();
        bench.Persist(HardState(1), Entry(1, 1), Entry(2, 1), Entry(3, 1));
        bench.Finish();
        var before = bench.Model;
        bench.Persist(HardState(2), [.. Enumerable.Range(2, 50).Select(index => Entry(index, 2, "other", size: 200))]);
        bench.Crash();
        bench.Open(orElse: before);
    }

    private static void Unacknowledged_install_is_complete_or_absent_after_a_crash(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        var incoming = Snapshot(12, 3, 5000);
        bench.Receive(incoming, pieceSize: 900, keepsLog: null);
        bench.Finish();
        var before = bench.Model;
        bench.Install(incoming, keepsLog: false);
        bench.Crash();
        bench.Open(orElse: before);
    }

    private static void Saved_snapshot_survives_a_crash(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        bench.Save(Snapshot(5, 1, 3000));
        bench.Discard(Position(5, 1), new LogIndex(5));
        bench.Finish();
        bench.Crash();
        bench.Open();
        bench.Receive(Snapshot(30, 2, 2000), pieceSize: 900, keepsLog: false);
        bench.Persist(null, Entry(31, 2));
        bench.Finish();
        bench.Crash();
        bench.Open();
    }

    private static void Store_accepts_writes_after_a_crash(StoreBench bench)
    {
        bench.Open();
        for (var life = 1; life <= 6; life++)
        {
            bench.Persist(HardState(life), Entry((2 * life) - 1, life), Entry(2 * life, life));
            bench.Finish();
            bench.Crash();
            bench.Open();
        }

        bench.Reopen();
    }
}
