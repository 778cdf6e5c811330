namespace RaftActors.Storage.Tests.Contract;

/// <content>Cases about snapshots: saved by this process, or received from another one.</content>
internal static partial class RaftStoreContract
{
    private static void Saved_snapshot_is_recovered_and_can_be_read_in_pieces(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        var saved = Snapshot(6, 1, 100_000);
        bench.Save(saved);
        DemandPieces(bench, saved);
        bench.Reopen();
        DemandPieces(bench, saved);
    }

    private static void Snapshot_of_an_empty_state_is_recovered(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        bench.Save(Snapshot(6, 1, 0));
        bench.Reopen();
    }

    private static void Snapshot_with_a_maximum_of_the_quorum_is_recovered(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        var saved = Snapshot(6, 1, 50);
        bench.Save(saved with { Snapshot = saved.Snapshot with { Configuration = Bounded } });
        bench.Reopen();
    }

    private static void Snapshot_with_request_keys_is_recovered(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        var saved = Snapshot(6, 1, 50);
        bench.Save(saved with { Snapshot = saved.Snapshot with { Keys = Keys } });
        bench.Reopen();
    }

    private static void Snapshot_above_the_last_entry_is_recovered(StoreBench bench)
    {
        bench.Open();
        bench.Persist(HardState(1), Entry(1, 1));
        bench.Save(Snapshot(20, 3, 50));
        bench.Reopen();
    }

    private static void Older_snapshot_does_not_replace_a_later_one(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        bench.Save(Snapshot(7, 1, 50));
        bench.Save(Snapshot(4, 1, 60));
        bench.Reopen();
    }

    private static void Snapshots_at_and_above_the_discarded_index_stay_readable(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        foreach (var index in (int[])[3, 5, 8])
        {
            bench.Save(Snapshot(index, 1, 10 * index));
        }

        bench.Discard(Position(3, 1), new LogIndex(5));
        bench.Finish();
        bench.CompareSnapshots();
        bench.Reopen();
        bench.Discard(Position(8, 1), new LogIndex(8));
        bench.Reopen();
    }

    private static void Latest_snapshot_survives_every_discard(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        bench.Save(Snapshot(4, 1, 30));
        bench.Discard(Position(4, 1), new LogIndex(9));
        bench.Persist(null, Entry(10, 1));
        bench.Finish();
        bench.CompareSnapshots();
        bench.Reopen();
    }

    private static void Missing_snapshot_cannot_be_read(StoreBench bench)
    {
        bench.Open();
        DemandRefusal(() => bench.Store.ReadSnapshot(Position(3, 1), 0, 10), "Reading a snapshot of a store without snapshots");
        WriteNine(bench);
        bench.Save(Snapshot(4, 1, 30));
        DemandRefusal(() => bench.Store.ReadSnapshot(Position(3, 1), 0, 10), "Reading a snapshot of a position without one");
        DemandRefusal(() => bench.Store.ReadSnapshot(Position(4, 2), 0, 10), "Reading a snapshot of another term");
        bench.Reopen();
    }

    private static void Received_pieces_are_no_snapshot_before_the_install(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        bench.Receive(Snapshot(30, 2, 100), pieceSize: 40, keepsLog: null);
        bench.Finish();
        DemandRefusal(() => bench.Store.ReadSnapshot(Position(30, 2), 0, 10), "Reading a snapshot before its install");
        bench.Reopen();
        bench.Receive(Snapshot(31, 2, 70), pieceSize: 40, keepsLog: false);
        bench.Reopen();
    }

    private static void Piece_at_offset_zero_starts_a_new_snapshot(StoreBench bench)
    {
        bench.Open();
        bench.Receive(Snapshot(30, 2, 100), pieceSize: 40, keepsLog: null);
        bench.Receive(Snapshot(31, 2, 50), pieceSize: 20, keepsLog: null);
        bench.Receive(Snapshot(31, 2, 50), pieceSize: 30, keepsLog: false);
        bench.Finish();
        bench.CompareSnapshots();
        bench.Reopen();
    }

    private static void Install_that_keeps_the_log_keeps_later_entries(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        bench.Receive(Snapshot(6, 1, 100), pieceSize: 40, keepsLog: true);
        bench.Reopen();
        bench.Discard(Position(6, 1), new LogIndex(6));
        bench.Persist(null, Entry(10, 2));
        bench.Reopen();
        bench.Persist(null, Entry(8, 3, "other"));
        bench.Reopen();
    }

    private static void Install_that_does_not_keep_the_log_removes_all_entries(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        bench.Receive(Snapshot(6, 2, 100), pieceSize: 100, keepsLog: false);
        bench.Reopen();
        bench.Persist(HardState(2), Entry(7, 2, "after"));
        bench.Reopen();
        bench.Receive(Snapshot(40, 5, 10), pieceSize: 100, keepsLog: false);
        bench.Persist(HardState(5), Entry(41, 5, "after"));
        bench.Reopen();
    }

    private static void Installed_snapshot_of_an_empty_state_is_recovered(StoreBench bench)
    {
        bench.Open();
        bench.Receive(Snapshot(6, 2, 0), pieceSize: 100, keepsLog: false);
        bench.Persist(null, Entry(7, 2));
        bench.Reopen();
    }

    private static void Own_snapshot_is_saved_while_another_one_is_received(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        var incoming = Snapshot(30, 2, 100);
        bench.Receive(incoming, pieceSize: 30, keepsLog: null);
        bench.Save(Snapshot(8, 1, 20));
        bench.Finish();
        bench.CompareSnapshots();
        bench.Install(incoming, keepsLog: false);
        bench.Finish();
        bench.CompareSnapshots();
        bench.Reopen();
    }

    private static void Installed_snapshot_replaces_an_earlier_one(StoreBench bench)
    {
        bench.Open();
        WriteNine(bench);
        bench.Save(Snapshot(4, 1, 30));
        bench.Receive(Snapshot(20, 2, 60), pieceSize: 25, keepsLog: false);
        bench.Finish();
        bench.CompareSnapshots();
        bench.Discard(Position(20, 2), new LogIndex(20));
        bench.Reopen();
        bench.Persist(null, Entry(21, 2));
        bench.Save(Snapshot(21, 2, 5));
        bench.Reopen();
    }

    private static void WriteNine(StoreBench bench) =>
        bench.Persist(HardState(1), [.. Enumerable.Range(1, 9).Select(index => Entry(index, 1))]);

    private static void DemandPieces(StoreBench bench, SavedSnapshot saved)
    {
        var (position, length) = (saved.Snapshot.Position, saved.State.Length);
        (int Offset, int Limit)[] pieces = [(0, 1), (1, 4096), (4095, 2), (length - 3, 3), (length - 3, 100), (length, 10), (7, length)];
        foreach (var (offset, limit) in pieces)
        {
            var found = bench.Store.ReadSnapshot(position, offset, limit);
            var expected = saved.State[offset..Math.Min(length, offset + limit)];
            Demand(
                found.Span.SequenceEqual(expected.Span),
                $"The read of {limit} bytes at {offset} of {length} gave {StoreText.Of(found.Span)}, not {StoreText.Of(expected.Span)}.");
        }
    }
}
