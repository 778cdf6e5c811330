namespace RaftActors.Storage.Tests.Contract;

/// <content>Cases about snapshots that are written in pieces.</content>
internal static partial class RaftStoreContract
{
    private static void Streamed_snapshot_is_recovered_and_can_be_read_in_pieces(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        var saved = Snapshot(6, 1, 200_000);
        saved = saved with { Snapshot = saved.Snapshot with { Keys = Keys } };
        bench.Complete(saved, bench.Stream(saved, pieceSize: 7777));
        DemandPieces(bench, saved);
        bench.Reopen();
        DemandPieces(bench, saved);
    }

    private static void Streamed_snapshot_of_an_empty_state_is_recovered(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        var saved = Snapshot(6, 1, 0);
        bench.Complete(saved, bench.Stream(saved, pieceSize: 1));
        bench.Reopen();
    }

    private static void Older_streamed_snapshot_does_not_replace_a_later_one(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        var older = Snapshot(4, 1, 5000);
        var writer = bench.Stream(older, pieceSize: 1000);
        bench.Receive(Snapshot(7, 1, 50), pieceSize: 30, keepsLog: true);
        bench.Finish();
        bench.Complete(older, writer);
        bench.Reopen();
    }

    private static void Streamed_snapshot_is_no_snapshot_before_it_is_complete(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        var dropped = Snapshot(6, 1, 5000);
        using (bench.Stream(dropped, pieceSize: 1000))
        {
            DemandRefusal(() => bench.Store.ReadSnapshot(Position(6, 1), 0, 10), "Reading a snapshot before it is complete");
        }

        DemandRefusal(() => bench.Store.ReadSnapshot(Position(6, 1), 0, 10), "Reading a snapshot that was dropped");
        bench.Reopen();
        bench.Complete(dropped, bench.Stream(dropped, pieceSize: 900));
        bench.Reopen();
    }

    private static void Writes_go_on_while_a_snapshot_is_streamed(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        var saved = Snapshot(8, 1, 5000);
        var writer = bench.Stream(saved, pieceSize: 1000);
        bench.Persist(HardState(2), Entry(10, 2), Entry(11, 2));
        bench.Finish();
        bench.Receive(Snapshot(30, 2, 100), pieceSize: 30, keepsLog: null);
        bench.Complete(saved, writer);
        bench.CompareSnapshots();
        bench.Reopen();
    }

    private static void Streamed_snapshot_ends_with_its_store(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        using var writer = bench.Stream(Snapshot(6, 1, 5000), pieceSize: 1000);
        bench.Reopen();
        DemandRefusal(() => writer.Append([1]), "Appending to a snapshot of a closed store");
        DemandRefusal(writer.Complete, "Completing a snapshot of a closed store");
        bench.Reopen();
    }

    private static void Streamed_snapshot_survives_a_crash_once_it_is_complete(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        var saved = Snapshot(5, 1, 3000);
        bench.Complete(saved, bench.Stream(saved, pieceSize: 1000));
        bench.Finish();
        bench.Crash();
        bench.Open();
        bench.Stream(Snapshot(8, 1, 3000), pieceSize: 1000);
        bench.Crash();
        bench.Open();
    }
}
