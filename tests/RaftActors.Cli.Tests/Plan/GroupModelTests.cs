using RaftActors.Cli.Plan;
using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Cli.Tests.Plan;

/// <summary>The formulas of <c>raft plan</c>, against cases worked out by hand.</summary>
public sealed class GroupModelTests
{
    private static readonly GroupModel Simple = new()
    {
        Sync = TimeSpan.FromMilliseconds(1),
        SyncMost = TimeSpan.FromMilliseconds(4),
        RoundTrip = TimeSpan.FromMilliseconds(2),
    };

    // 15 us of the engines, and 5.2 us of processor time for the pair.
    [Fact]
    public void Single_caller_waits_for_a_round_trip_and_a_sync()
    {
        var load = Simple.At(1);

        Near(3.020, load.Median.TotalMilliseconds);
        Near(2 + 4 + (3.5 * 0.0202), load.Most.TotalMilliseconds);
        Near(1 / (1.1 * 0.00302), load.Rate);
    }

    [Fact]
    public void Callers_that_come_during_a_sync_wait_for_the_next_one() => Near(3.520, Simple.At(16).Median.TotalMilliseconds);

    [Fact]
    public void Group_of_one_waits_for_its_own_disk() => Near(1.020, (Simple with { Members = 1 }).At(1).Median.TotalMilliseconds);

    // 1.4 batches of 235 us, and 5.152 us for each pair.
    [Fact]
    public void Many_callers_wait_for_one_processor_of_the_leader() => Near(5.605, Simple.At(1024).Median.TotalMilliseconds);

    // 1.4 batches of 635 us, and 10.586 us for each pair, on two processors.
    [Fact]
    public void Members_on_one_machine_compete_for_its_processors() =>
        Near(5.864, (Simple with { SharedCores = 2 }).At(1024).Median.TotalMilliseconds);

    [Fact]
    public void Latency_rises_with_callers_sync_round_trip_and_payload() => Assert.All(
        [
            Simple.At(256),
            (Simple with { Sync = Simple.SyncMost }).At(1),
            (Simple with { RoundTrip = TimeSpan.FromMilliseconds(3) }).At(1),
            (Simple with { PayloadBytes = 64_000 }).At(1),
        ],
        slower => Assert.True(slower.Median > Simple.At(1).Median));

    [Fact]
    public void Group_without_snapshots_keeps_its_whole_log()
    {
        Assert.Equal((null, null), (Simple.LogMost, Simple.Disk));
        Assert.Equal(64_000_000, Simple.LogInMemory);
    }

    // 10,000 entries and 1,000 retained ones, of 376 bytes each on disk.
    [Fact]
    public void Snapshots_of_a_small_state_follow_the_entries()
    {
        var model = Simple with { StateBytes = 1_000_000 };

        Near(11_000 * 376, model.LogMost!.Value);
        Near(2_000_000 + (3 * 67_108_864) + 268_435_456, model.Disk!.Value);
        Near(11_000 * 456, model.LogInMemory);
    }

    // 16 MB of pairs of 64,000 bytes are 250.
    [Fact]
    public void Snapshots_of_large_pairs_follow_the_bytes() =>
        Near(1250 * 64_120, (Simple with { PayloadBytes = 64_000, StateBytes = 1_000_000 }).LogMost!.Value);

    // The log grows to half of the state: 1 GB / 2 / (256 + 64) entries.
    [Fact]
    public void Snapshots_of_a_large_state_wait_until_the_log_is_half_as_long() =>
        Near(1_563_500 * 376.0, (Simple with { StateBytes = 1_000_000_000, Members = 1 }).LogMost!.Value);

    [Fact]
    public void Log_grows_while_the_members_take_snapshots_of_a_large_state_in_turns() =>
        Near(3_126_000 * 376.0, (Simple with { StateBytes = 1_000_000_000 }).LogMost!.Value);

    // A record has a header of 40 bytes, and its batch one of 32. The rest is what the product writes.
    [Fact]
    public void Append_takes_as_many_bytes_of_the_log_as_the_product_writes()
    {
        var request = new RequestId(new Member(new ProcessName("orders@10.0.0.1:2551"), new Incarnation(Guid.NewGuid())), 1_000_000);
        var entry = new LogEntry(
            new LogIndex(3_000_000), new Term(7), new Serial(2_999_990), new Payload.Pair(request, "key-1234", new byte[248]));
        var writer = new ByteWriter();
        EntryFormat.WritePayload(writer, entry);

        Assert.InRange(Simple.LogPerAppend - 72 - writer.Length, -16, 16);
    }

    private static void Near(double expected, double actual) => Assert.InRange(actual, expected * 0.99, expected * 1.01);
}
