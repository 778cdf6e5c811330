using RaftActors.Cli.Plan;

namespace RaftActors.Cli.Tests.Plan;

/// <summary>The formulas of <c>raft plan</c>, against cases worked out by hand.</summary>
public sealed class CapacityModelTests
{
    private static readonly Workload Simple = new()
    {
        PayloadBytes = 256,
        Rate = 1000,
        Sync = TimeSpan.FromMilliseconds(1),
        SyncMost = TimeSpan.FromMilliseconds(1),
        RoundTrip = TimeSpan.FromMilliseconds(2),
    };

    [Fact]
    public void Rare_append_takes_a_round_trip_a_sync_and_the_turns_of_the_engines()
    {
        var forecast = CapacityModel.Predict(Simple with { Rate = 0.001 });

        Near(3.060, forecast.Median.TotalMilliseconds);
        Assert.Equal((1, "round trip"), (forecast.AppendsPerBatch, forecast.SlowestPart));
    }

    // 64,020 bytes to two members at 1 MB/s, and 64,088 bytes to the disk at 1 MB/s.
    [Fact]
    public void Large_pair_takes_the_time_of_its_transfer()
    {
        var slow = Simple with { Rate = 0.001, PayloadBytes = 64_000, Bandwidth = 1e6, DiskRate = 1e6 };

        Near(3.060 + 128.040 + 64.088, CapacityModel.Predict(slow).Median.TotalMilliseconds);
    }

    [Fact]
    public void Forwarded_append_takes_another_round_trip() => Near(
        2.060,
        (CapacityModel.Predict(Simple with { IsForwarded = true }).Median - CapacityModel.Predict(Simple).Median).TotalMilliseconds);

    // A record is 40 bytes of header, 48 of body and 256 of payload; a batch adds a header of 32.
    [Fact]
    public void Log_grows_by_the_records_and_the_headers_of_batches()
    {
        var forecast = CapacityModel.Predict(Simple with { Rate = 1 });

        Near((344 + 32) * 86_400.0, forecast.LogPerDay);
        Assert.Equal((null, null), (forecast.LogMost, forecast.Disk));
        Assert.Equal(64_000_000, forecast.Memory);
    }

    // A small state is taken after 10,000 entries.
    [Fact]
    public void Snapshots_of_a_small_state_follow_the_entries()
    {
        var forecast = CapacityModel.Predict(Simple with { Rate = 1, StateBytes = 1_000_000 });

        Near(8.64, forecast.SnapshotsPerDay);
        Near(8_640_000, forecast.SnapshotBytesPerDay);
        Near(11_000 * 376, forecast.LogMost!.Value);
        Near(2_000_000 + (3 * 67_108_864) + 268_435_456, forecast.Disk!.Value);
        Near(1_000_000 + (11_000 * 456), forecast.Memory);
    }

    // 16 MB of pairs of 64,000 bytes are 250.
    [Fact]
    public void Snapshots_of_large_pairs_follow_the_bytes() => Near(
        86_400 / 250.0, CapacityModel.Predict(Simple with { Rate = 1, PayloadBytes = 64_000, StateBytes = 1_000_000 }).SnapshotsPerDay);

    // The log grows to half of the state: 1 GB / 2 / (256 + 64) entries.
    [Fact]
    public void Snapshots_of_a_large_state_wait_until_the_log_is_half_as_long() => Near(
        86_400 / 1_562_500.0, CapacityModel.Predict(Simple with { Rate = 1, StateBytes = 1_000_000_000 }).SnapshotsPerDay);

    // Four pieces of 64,000 bytes in each 3.06 ms are slower than the network.
    [Fact]
    public void Snapshot_is_sent_as_fast_as_its_pieces_are_acknowledged() => Near(
        1_000_000_000 / (256_000 / 0.00306),
        CapacityModel.Predict(Simple with { StateBytes = 1_000_000_000 }).SnapshotTransfer.TotalSeconds);

    [Fact]
    public void Group_of_three_has_16_heartbeats_and_replies_a_second() =>
        Assert.Equal((16, 968), (CapacityModel.Predict(Simple).HeartbeatMessages, CapacityModel.Predict(Simple).HeartbeatBytes));

    [Fact]
    public void Leader_sends_each_pair_to_each_other_member()
    {
        var (three, five) = (CapacityModel.Predict(Simple), CapacityModel.Predict(Simple with { Members = 5, VotersMax = 3 }));

        Near(2, five.LeaderSends / three.LeaderSends);
        Near(three.LeaderSends / 2, three.OtherReceives);
        Assert.InRange(three.LeaderSends, 2 * 1000 * 276, 2 * 1000 * (276 + 160));
    }

    [Fact]
    public void Group_of_one_sends_nothing()
    {
        var forecast = CapacityModel.Predict(Simple with { Members = 1 });

        Assert.Equal((0, 0, 0), (forecast.LeaderSends, forecast.OtherReceives, forecast.HeartbeatMessages));
        Assert.DoesNotContain(forecast.Limits, limit => limit.Name is "network" or "window");
        Assert.InRange(forecast.Median.TotalMilliseconds, 1.06, 1.6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(256)]
    public void Callers_that_wait_reach_their_number_divided_by_the_latency(int callers)
    {
        var forecast = CapacityModel.Predict(Simple with { Callers = callers });

        Near(callers, forecast.Rate * forecast.Median.TotalSeconds);
        Assert.True(forecast.IsPossible);
    }

    [Fact]
    public void Slow_syncs_cost_callers_more_than_the_median_shows()
    {
        var (even, uneven) = (Simple with { Callers = 1 }, Simple with { Callers = 1, SyncMost = TimeSpan.FromMilliseconds(50) });

        Assert.True(CapacityModel.Predict(uneven).Rate < 0.9 / CapacityModel.Predict(uneven).Median.TotalSeconds);
        Assert.True(CapacityModel.Predict(uneven).Rate < CapacityModel.Predict(even).Rate);
    }

    [Fact]
    public void Callers_without_number_reach_the_binding_limit()
    {
        var forecast = CapacityModel.Predict(Simple with { Callers = 1_000_000, Bandwidth = 1e6 });

        Assert.Equal("network", forecast.Limits[0].Name);
        Near(forecast.Limits[0].Rate, forecast.Rate);
        Near(1_000_000, forecast.Rate * forecast.Median.TotalSeconds);
    }

    public static TheoryData<string, string> Bindings => new()
    {
        { "network", "a slow network" }, { "disk", "a slow disk" }, { "processors", "a slow processor" }, { "window", "a far member" },
    };

    [Theory]
    [MemberData(nameof(Bindings))]
    public void Scarcest_resource_binds(string name, string scarcity)
    {
        var given = scarcity switch
        {
            "a slow network" => Simple with { Bandwidth = 1e6 },
            "a slow disk" => Simple with { DiskRate = 1e6 },
            "a slow processor" => Simple with { Cores = 0.01 },
            _ => Simple with { PayloadBytes = 64_000, RoundTrip = TimeSpan.FromMilliseconds(500), Bandwidth = 1e9 },
        };

        Assert.Equal(name, CapacityModel.Predict(given).Limits[0].Name);
    }

    // Two members are sent 276 bytes each.
    [Fact]
    public void Network_allows_what_the_leader_can_send() =>
        Near(1e6 / 552, CapacityModel.Predict(Simple with { Bandwidth = 1e6 }).Limits[0].Rate);

    // 62 pairs of 64,000 bytes are 4 MB, and each is acknowledged after 501.06 ms.
    [Fact]
    public void Window_allows_its_bytes_in_each_round_trip() => Near(
        62.5 / 0.50106,
        CapacityModel.Predict(Simple with
        {
            PayloadBytes = 64_000,
            RoundTrip = TimeSpan.FromMilliseconds(500),
            Bandwidth = 1e9,
            DiskRate = 1e9,
        }).Limits[0].Rate);

    [Fact]
    public void Rate_above_a_limit_is_impossible()
    {
        var forecast = CapacityModel.Predict(Simple with { Rate = 1e7 });

        Assert.False(forecast.IsPossible);
        Assert.True(forecast.Rate > forecast.Limits[0].Rate);
    }

    [Fact]
    public void Latency_rises_with_rate_disk_network_and_payload()
    {
        Rises([.. new[] { 1.0, 1000, 50_000, 150_000 }.Select(rate => Simple with { Rate = rate })]);
        Rises([.. new[] { 1, 5, 50 }.Select(ms => WithSync(TimeSpan.FromMilliseconds(ms)))]);
        Rises([.. new[] { 1, 20, 200 }.Select(ms => Simple with { RoundTrip = TimeSpan.FromMilliseconds(ms) })]);
        Rises([.. new[] { 64, 4096, 32_768 }.Select(bytes => Simple with { Callers = 256, PayloadBytes = bytes })]);

        static Workload WithSync(TimeSpan time) => Simple with { Sync = time, SyncMost = time };

        static void Rises(Workload[] workloads)
        {
            var forecasts = workloads.Select(CapacityModel.Predict).ToArray();
            Assert.All(forecasts, forecast => Assert.True(forecast.IsPossible && forecast.Most >= forecast.Median));
            Assert.Equal(forecasts.Select(forecast => forecast.Median).Order(), forecasts.Select(forecast => forecast.Median));
            Assert.True(forecasts[^1].Median > forecasts[0].Median);
        }
    }

    [Fact]
    public void Busy_leader_puts_more_appends_into_a_batch()
    {
        var (idle, busy) = (CapacityModel.Predict(Simple with { Callers = 1 }), CapacityModel.Predict(Simple with { Callers = 256 }));

        Assert.Equal(1, idle.AppendsPerBatch);
        Assert.InRange(busy.AppendsPerBatch, 150, 256);
    }

    [Fact]
    public void Failover_takes_the_election_timeout_only_if_the_machine_is_lost()
    {
        var forecast = CapacityModel.Predict(Simple);

        Near(0.109, forecast.FailoverOfProgram.TotalSeconds);
        Near(2.009, forecast.FailoverOfMachine.TotalSeconds);
    }

    private static void Near(double expected, double actual) => Assert.InRange(actual, expected * 0.99, expected * 1.01);
}
