using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Testing;

/// <summary>
/// What an <see cref="IRaftStore"/> promises, as named cases that any test framework can run against any implementation. A case that fails
/// throws <see cref="StoreContractException"/>, or what the store threw.
/// </summary>
public static partial class RaftStoreContract
{
    private static readonly StoreOwner Owner = new("contract", new ProcessName("raft1@node1"));

    private static readonly Dictionary<string, Action<StoreUnderTest>> Always = Named(
        New_store_says_so_and_holds_the_preload,
        Store_that_is_found_keeps_its_incarnation,
        Store_that_is_found_keeps_its_own_log_and_not_the_preload,
        Store_of_another_owner_is_refused,
        Hard_state_is_given_back_with_all_it_holds,
        Hard_state_alone_leaves_the_log_and_entries_alone_leave_the_hard_state,
        Entries_of_every_kind_are_given_back,
        Entries_replace_all_at_and_above_the_first_of_them,
        Every_write_is_told_of_once_by_its_answer_or_by_the_listener,
        Writes_are_done_in_the_order_given,
        Large_writes_are_given_back,
        Long_life_of_many_openings_loses_nothing,
        Discarded_entries_leave_those_after_them_and_the_base,
        Log_that_ends_before_the_discarded_position_is_given_up_whole,
        Log_that_was_given_up_can_be_opened_before_more_is_written,
        Saved_snapshot_is_given_back_and_can_be_read_in_pieces,
        Snapshot_of_an_empty_state_is_given_back,
        Snapshot_that_overtakes_the_log_is_given_back,
        Older_snapshot_does_not_take_the_place_of_a_later_one,
        Snapshots_from_the_discarded_index_on_stay_readable,
        Latest_snapshot_stays_whatever_is_discarded,
        Snapshot_that_is_not_there_cannot_be_read,
        Pieces_alone_are_no_snapshot,
        Piece_at_the_beginning_begins_anew,
        Installed_snapshot_that_keeps_the_log_leaves_what_comes_after_it,
        Installed_snapshot_that_does_not_keep_the_log_leaves_nothing_of_it,
        Installed_snapshot_of_an_empty_state_is_given_back,
        Own_snapshot_is_saved_while_another_comes_in,
        Installed_snapshot_takes_the_place_of_an_earlier_one);

    private static readonly Dictionary<string, Action<StoreUnderTest>> WithCrash = Named(
        What_was_acknowledged_survives_a_crash,
        Write_that_was_not_acknowledged_is_whole_or_not_there_after_a_crash,
        Install_that_was_not_acknowledged_is_whole_or_not_there_after_a_crash,
        Saved_snapshot_survives_a_crash,
        Store_that_crashed_is_written_to_again);

    /// <summary>The names of the cases, which say what is promised.</summary>
    /// <param name="canCrash">Also those that need <see cref="StoreUnderTest.CanCrash"/>.</param>
    public static IReadOnlyList<string> Names(bool canCrash = false) => canCrash ? [.. Always.Keys, .. WithCrash.Keys] : [.. Always.Keys];

    /// <summary>Runs one case. The place must be empty, and is disposed of.</summary>
    /// <exception cref="StoreContractException">The store breaks its promise; the message says what was expected.</exception>
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

        throw new ArgumentException($"There is no case '{name}'.", nameof(name));
    }

    private static Dictionary<string, Action<StoreUnderTest>> Named(params Action<StoreBench>[] cases) => cases.ToDictionary(
        one => one.Method.Name.Replace('_', ' '),
        one => (Action<StoreUnderTest>)(place =>
        {
            using var bench = new StoreBench(place, Owner);
            one(bench);
        }));

    private static void Demand(bool holds, string otherwise) => StoreContractException.Unless(holds, otherwise);

    /// <summary>What is asked for is refused with a <see cref="StoreException"/>, which says why.</summary>
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
            throw new StoreContractException($"{what} must end in a StoreException, and ended in {other.GetType().Name}.", other);
        }

        throw new StoreContractException($"{what} must end in a StoreException, and nothing was said.");
    }
}
