namespace RaftActors.Storage.Tests.Contract;

/// <summary>
/// The contract of <see cref="IRaftStore"/>, as named cases for any test framework and any implementation. A failing case throws a
/// <see cref="StoreContractException"/>, or the exception of the store.
/// </summary>
internal static partial class RaftStoreContract
{
    private static readonly StoreOwner Owner = new("contract", new ProcessName("raft1@node1"));

    private static readonly Dictionary<string, Action<StoreUnderTest>> Always = Named(
        New_store_reports_IsNew_and_holds_the_preload,
        Existing_store_keeps_its_incarnation,
        Existing_store_keeps_its_log_and_ignores_the_preload,
        Store_of_another_owner_is_refused,
        Hard_state_is_recovered_completely,
        Write_of_hard_state_keeps_the_log_and_write_of_entries_keeps_the_hard_state,
        Entries_of_every_kind_are_recovered,
        Entries_replace_all_entries_at_and_above_their_first_index,
        Every_write_is_reported_once_by_its_result_or_by_the_listener,
        Writes_are_done_in_the_order_of_the_calls,
        Large_writes_are_recovered,
        Store_that_is_opened_many_times_loses_nothing,
        Discard_keeps_later_entries_and_the_base,
        Discard_above_the_last_entry_discards_the_whole_log,
        Discarded_log_can_be_opened_before_the_next_write,
        Saved_snapshot_is_recovered_and_can_be_read_in_pieces,
        Snapshot_of_an_empty_state_is_recovered,
        Snapshot_with_a_maximum_of_the_quorum_is_recovered,
        Snapshot_with_request_keys_is_recovered,
        Snapshot_above_the_last_entry_is_recovered,
        Older_snapshot_does_not_replace_a_later_one,
        Snapshots_at_and_above_the_discarded_index_stay_readable,
        Latest_snapshot_survives_every_discard,
        Missing_snapshot_cannot_be_read,
        Streamed_snapshot_is_recovered_and_can_be_read_in_pieces,
        Streamed_snapshot_of_an_empty_state_is_recovered,
        Older_streamed_snapshot_does_not_replace_a_later_one,
        Streamed_snapshot_is_no_snapshot_before_it_is_complete,
        Writes_go_on_while_a_snapshot_is_streamed,
        Streamed_snapshot_ends_with_its_store,
        Received_pieces_are_no_snapshot_before_the_install,
        Piece_at_offset_zero_starts_a_new_snapshot,
        Install_that_keeps_the_log_keeps_later_entries,
        Install_that_does_not_keep_the_log_removes_all_entries,
        Installed_snapshot_of_an_empty_state_is_recovered,
        Own_snapshot_is_saved_while_another_one_is_received,
        Installed_snapshot_replaces_an_earlier_one);

    private static readonly Dictionary<string, Action<StoreUnderTest>> WithCrash = Named(
        Acknowledged_writes_survive_a_crash,
        Unacknowledged_write_is_complete_or_absent_after_a_crash,
        Unacknowledged_install_is_complete_or_absent_after_a_crash,
        Saved_snapshot_survives_a_crash,
        Streamed_snapshot_survives_a_crash_once_it_is_complete,
        Store_accepts_writes_after_a_crash);

    /// <summary>Returns the names of the cases. Each name is a rule of the contract.</summary>
    /// <param name="canCrash">Adds the cases that need <see cref="StoreUnderTest.CanCrash"/>.</param>
    public static IReadOnlyList<string> Names(bool canCrash = false) => canCrash ? [.. Always.Keys, .. WithCrash.Keys] : [.. Always.Keys];

    /// <summary>Runs one case.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="place">A place without stores. The case disposes it.</param>
    /// <exception cref="StoreContractException">The store breaks the rule. The message has the expected and the found content.</exception>
    /// <exception cref="ArgumentException">There is no such case.</exception>
    public static void Run(string name, StoreUnderTest place)
    {
        ArgumentNullException.ThrowIfNull(place);
        using (place)
        {
            if (Always.TryGetValue(name, out var run) || WithCrash.TryGetValue(name, out run))
            {
                run(place);
                return;
            }
        }

        throw new ArgumentException($"There is no case '{name}'. Names() lists the cases.", nameof(name));
    }

    private static Dictionary<string, Action<StoreUnderTest>> Named(params Action<StoreBench>[] cases) => cases.ToDictionary(
        one => one.Method.Name.Replace('_', ' '),
        one => (Action<StoreUnderTest>)(place =>
        {
            using var bench = new StoreBench(place, Owner);
            one(bench);
        }));

    private static void Demand(bool holds, string otherwise) => StoreContractException.Unless(holds, otherwise);

    /// <summary>Demands that the action throws a <see cref="StoreException"/>.</summary>
    private static void DemandRefusal(Action action, string what)
    {
        try
        {
            action();
        }
        catch (StoreException)
        {
            return;
        }
        catch (Exception other)
        {
            throw new StoreContractException($"{what} must throw a StoreException. It threw {other.GetType().Name}.", other);
        }

        throw new StoreContractException($"{what} must throw a StoreException. It threw nothing.");
    }
}
