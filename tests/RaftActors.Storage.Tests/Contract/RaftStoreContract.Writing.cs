namespace RaftActors.Storage.Tests.Contract;

/// <content>Cases about opening and writing.</content>
internal static partial class RaftStoreContract
{
    private static readonly LogSlice Preloaded = Preload.Of(
        [new Payload.Pair(null, "a", Bytes(3, 1)), new Payload.Pair(null, "b", Bytes(0, 1))]);

    private static void New_store_reports_IsNew_and_holds_the_preload(StoreBench bench)
    {
        var recovered = bench.Open(Preloaded);

        Demand(recovered.IsNew, "A store in an empty place reports IsNew = false.");
        Demand(recovered.Incarnation != Incarnation.None, "A new store has no incarnation.");
        Demand(bench.Reopen().State.Log.Length == Preloaded.Length, "The second opening of a new store does not find its preload.");
    }

    private static void Existing_store_keeps_its_incarnation(StoreBench bench)
    {
        var first = bench.Open();
        bench.Close();
        var untouched = bench.Open();
        bench.Persist(HardState(1));
        var written = bench.Reopen();

        Demand(!untouched.IsNew, "The second opening of a store without writes reports IsNew = true.");
        Demand(
            first.Incarnation == untouched.Incarnation && first.Incarnation == written.Incarnation,
            $"The incarnation changed from {first.Incarnation} to {untouched.Incarnation} to {written.Incarnation}.");
    }

    private static void Existing_store_keeps_its_log_and_ignores_the_preload(StoreBench bench)
    {
        bench.Open();
        bench.Persist(null, Entry(1, 1));
        bench.Close();

        bench.Open(Preloaded);
    }

    private static void Store_of_another_owner_is_refused(StoreBench bench)
    {
        bench.Open();
        bench.Persist(HardState(1));
        bench.Close();
        bench.DemandRefusalOf(Owner with { Group = "another" });
        bench.DemandRefusalOf(Owner with { Name = new ProcessName("raft2@node1") });
        bench.Open();
    }

    private static void Hard_state_is_recovered_completely(StoreBench bench)
    {
        bench.Open();
        bench.Persist(HardState(7, isFull: true));
        bench.Reopen();
        bench.Persist(HardState(8));
        bench.Persist(HardState(9));
        bench.Reopen();
    }

    private static void Write_of_hard_state_keeps_the_log_and_write_of_entries_keeps_the_hard_state(StoreBench bench)
    {
        bench.Open();
        bench.Persist(HardState(1, isFull: true), Entry(1, 1));
        bench.Persist(null, Entry(2, 1));
        bench.Reopen();
        bench.Persist(HardState(2));
        bench.Reopen();
    }

    private static void Entries_of_every_kind_are_recovered(StoreBench bench)
    {
        bench.Open();
        bench.Persist(null, AllKinds(from: 1, term: 1));
        bench.Persist(HardState(2), AllKinds(from: 6, term: 2));
        bench.Persist(null, Entry(11, 2, new Payload.Reconfigure(Bounded)));
        bench.Persist(null, KeyedEntry(12, 2), KeyedEntry(13, 2));
        bench.Reopen();
    }

    private static void Entries_replace_all_entries_at_and_above_their_first_index(StoreBench bench)
    {
        bench.Open();
        bench.Persist(null, Entry(1, 1), Entry(2, 1), Entry(3, 1), Entry(4, 1));
        bench.Persist(null, Entry(3, 2, "other"));
        bench.Reopen();
        bench.Persist(null, Entry(4, 2));
        bench.Persist(null, Entry(2, 3, "third"), Entry(3, 3, "third"));
        bench.Reopen();
        bench.Persist(null, Entry(1, 4, "all"));
        bench.Reopen();
    }

    private static void Every_write_is_reported_once_by_its_result_or_by_the_listener(StoreBench bench)
    {
        bench.Open();
        for (var index = 1; index <= 50; index++)
        {
            bench.Persist(index % 7 == 0 ? HardState(index) : null, Entry(index, index));
            if (index % 10 == 0)
            {
                bench.Finish();
            }
        }

        bench.Close();
        bench.Open();
    }

    private static void Writes_are_done_in_the_order_of_the_calls(StoreBench bench)
    {
        bench.Open();
        for (var round = 1; round <= 40; round++)
        {
            bench.Persist(HardState(round), Entry(round, round), Entry(round + 1, round), Entry(round + 2, round));
        }

        bench.Reopen();
    }

    private static void Large_writes_are_recovered(StoreBench bench)
    {
        bench.Open();
        bench.Persist(HardState(1), Entry(1, 1, size: 3 << 20));
        bench.Persist(null, [.. Enumerable.Range(2, 3000).Select(index => Entry(index, 1, size: index % 100))]);
        bench.Reopen();
    }

    private static void Store_that_is_opened_many_times_loses_nothing(StoreBench bench)
    {
        bench.Open(Preloaded);
        for (var life = 1; life <= 12; life++)
        {
            bench.Persist(HardState(life, isFull: life % 2 == 0), Entry((2 * life) + 1, life), Entry((2 * life) + 2, life));
            bench.Reopen();
        }
    }

    private static void Discard_keeps_later_entries_and_the_base(StoreBench bench)
    {
        bench.Open();
        bench.Persist(HardState(1), [.. Enumerable.Range(1, 9).Select(index => Entry(index, 1))]);
        bench.Save(Snapshot(5, 1, 10));
        bench.Discard(Position(3, 1), new LogIndex(5));
        bench.Persist(null, Entry(10, 1));
        bench.Reopen();
        bench.Discard(Position(5, 1), new LogIndex(5));
        bench.Persist(null, Entry(9, 2, "other"));
        bench.Reopen();
        bench.Persist(null, Entry(10, 2));
        bench.Reopen();
    }

    private static void Discard_above_the_last_entry_discards_the_whole_log(StoreBench bench)
    {
        bench.Open();
        bench.Persist(HardState(1), Entry(1, 1), Entry(2, 1));
        bench.Save(Snapshot(7, 1, 10));
        bench.Discard(Position(7, 1), new LogIndex(7));
        bench.Persist(null, Entry(8, 1));
        bench.Reopen();
        bench.Persist(null, Entry(9, 1));
        bench.Reopen();
    }

    private static void Discarded_log_can_be_opened_before_the_next_write(StoreBench bench)
    {
        bench.Open();
        bench.Persist(HardState(1), Entry(1, 1), Entry(2, 1));
        bench.Save(Snapshot(7, 1, 10));
        bench.Discard(Position(7, 1), new LogIndex(7));
        bench.Reopen();
        bench.Discard(Position(7, 1), new LogIndex(7));
        bench.Persist(null, Entry(8, 1));
        bench.Reopen();
    }
}
