using RaftActors.Core;

using static RaftActors.Testing.StoreSamples;

namespace RaftActors.Testing;

/// <content>What is left when the power goes.</content>
public static partial class RaftStoreContract
{
    private static void What_was_acknowledged_survives_a_crash(StoreBench bench)
    {
        var first = bench.Open(Preloaded);
        bench.Crash();
        var second = bench.Open();
        Demand(first.Incarnation == second.Incarnation, "A store that was opened, and never written to, is another one after a crash.");
        bench.Persist(HardState(2, isFull: true), Entry(3, 1), Entry(4, 1));
        bench.Persist(null, Entry(4, 2, "other"), Entry(5, 2));
        bench.Finish();
        bench.Crash();
        bench.Open();
    }

    private static void Write_that_was_not_acknowledged_is_whole_or_not_there_after_a_crash(StoreBench bench)
    {
        bench.Open();
        bench.Persist(HardState(1), Entry(1, 1), Entry(2, 1), Entry(3, 1));
        bench.Finish();
        var before = bench.Model;
        bench.Persist(HardState(2), [.. Enumerable.Range(2, 50).Select(index => Entry(index, 2, "other", size: 200))]);
        bench.Crash();
        bench.Open(orElse: before);
    }

    private static void Install_that_was_not_acknowledged_is_whole_or_not_there_after_a_crash(StoreBench bench)
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

    private static void Store_that_crashed_is_written_to_again(StoreBench bench)
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
