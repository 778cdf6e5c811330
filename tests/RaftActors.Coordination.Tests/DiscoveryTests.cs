using System.Net;

using Akka.Actor;
using Akka.Configuration;
using Akka.Discovery;
using Akka.Event;

using RaftActors.Coordination.Sessions;
using RaftActors.Coordination.Settings;
using RaftActors.Coordination.State;

namespace RaftActors.Coordination.Tests;

/// <summary>The registry of services, as Akka.Discovery reads it.</summary>
public sealed class DiscoveryTests : NodesTest
{
    private const string Config =
        """
        raft-coordination { session-timeout = 2s, renew-interval = 200ms, services = ["web/10.0.0.9:80"] }
        akka.discovery.method = raft
        """;

    [Fact]
    public async Task Addresses_are_found_until_they_are_removed_or_their_node_crashes()
    {
        Nodes.AddRange(Node.StartUnclustered(FreePorts.Take(3), Config));

        // All three found the group.
        Assert.All(Nodes, node => Assert.NotNull(node.Coordination));
        var discovery = Akka.Discovery.Discovery.Get(Nodes[2].System).Default;
        Assert.IsType<RaftServiceDiscovery>(discovery);
        var first = await Nodes[0].Coordination.RegisterAsync("shop", "10.0.0.1", 8080).WaitAsync(WaitMax);
        await Nodes[0].Coordination.RegisterAsync("shop", "shop.example", 80).WaitAsync(WaitMax);
        await Nodes[0].Coordination.RegisterAsync("shop-2", "10.0.0.2", 8080).WaitAsync(WaitMax);
        await Nodes[1].Coordination.RegisterAsync("shop", "::1", 8080).WaitAsync(WaitMax);

        Assert.Equal(
            [
                new("10.0.0.1", 8080, IPAddress.Parse("10.0.0.1")),
                new("::1", 8080, IPAddress.IPv6Loopback),
                new("shop.example", 80),
            ],
            (await discovery.Lookup("shop", WaitMax)).Addresses);
        Assert.Empty((await discovery.Lookup("none", WaitMax)).Addresses);
        await UntilAsync(discovery, "web", ["10.0.0.9"]);

        await first.DisposeAsync();
        await UntilAsync(discovery, "shop", ["::1", "shop.example"]);
        await Nodes[0].CrashAsync();

        await UntilAsync(discovery, "shop", ["::1"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(300)]
    public async Task Lookup_ends_in_time_if_the_group_has_no_quorum(int milliseconds)
    {
        var ports = FreePorts.Take(3);
        Nodes.Add(Node.StartUnclustered(ports[0], ports, ""));
        var discovery = Akka.Discovery.Discovery.Get(Nodes[0].System).LoadServiceDiscovery("raft");

        var thrown = await Assert.ThrowsAsync<TimeoutException>(
            () => discovery.Lookup("shop", TimeSpan.FromMilliseconds(milliseconds)).WaitAsync(WaitMax));

        Assert.Contains("The addresses of 'shop' were not read within", thrown.Message);
    }

    [Fact]
    public async Task Lookup_that_the_group_refuses_tells_the_refusal()
    {
        var refusal = RaftFailure.NotDone(FailureReason.Unauthorized, "'web' was refused.");
        await using var calls = new CoordinationCalls(
            new FakeClient { RefusesQuestions = refusal }, new TaskCompletionSource().Task, TimeProvider.System);
        var settings = new CoordinationSettings("coordination", [], "a", TimeSpan.FromHours(1), TimeSpan.FromMinutes(1), 0.05);
        RaftCoordination coordination = new(calls, settings, WaitMax, "shop", TimeProvider.System, NoLogger.Instance);
        await using var sessions = coordination.Sessions;

        var thrown = await Assert.ThrowsAsync<RaftException>(() => new RaftServiceDiscovery(coordination).Lookup("shop", WaitMax));

        Assert.Equal(refusal, thrown.Failure);
    }

    [Fact]
    public async Task Address_is_registered_again_after_the_session_was_lost_and_another_programs_is_not_removed()
    {
        var client = new FakeClient();
        await using var calls = new CoordinationCalls(client, new TaskCompletionSource().Task, TimeProvider.System);
        var settings = new CoordinationSettings("coordination", [], "a", TimeSpan.FromHours(1), TimeSpan.FromMinutes(1), 0.05);
        await using var keeper = new SessionKeeper(calls, settings, "a", TimeProvider.System, NoLogger.Instance);
        var items = new RaftItems(calls, keeper);
        await using var registration = new Registration("service/shop/a:1", items, keeper, TimeProvider.System, NoLogger.Instance);
        await registration.StartAsync(CancellationToken.None);
        var first = await items.GetAsync("service/shop/a:1");

        (await keeper.GetAsync(CancellationToken.None)).Lose();

        using var limit = new CancellationTokenSource(WaitMax);
        while ((await items.GetAsync("service/shop/a:1"))?.Version == first?.Version)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), limit.Token);
        }

        await items.PutAsync("service/shop/a:1", "of another program");
        await registration.DisposeAsync();
        Assert.Equal("of another program", (await items.GetAsync("service/shop/a:1"))?.Value);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Address_whose_registration_is_disposed_while_it_is_written_is_removed(int write)
    {
        var (writing, arrives, writes) = (NewSource(), NewSource(), 0);
        var client = new FakeClient { Delay = DelayAsync };
        await using var calls = new CoordinationCalls(client, new TaskCompletionSource().Task, TimeProvider.System);
        await using var keeper = KeeperOf(calls);
        var items = new RaftItems(calls, keeper);
        var registration = new Registration("service/shop/a:1", items, keeper, TimeProvider.System, NoLogger.Instance);
        if (write == 1)
        {
            registration.Start();
        }
        else
        {
            await registration.StartAsync(CancellationToken.None);
            keeper.Current!.Lose();
        }

        await writing.Task.WaitAsync(WaitMax);
        var disposing = registration.DisposeAsync().AsTask();
        arrives.SetResult();
        await disposing.WaitAsync(WaitMax);

        // Without this, a write that arrives after the disposal would be overlooked. Each write has opened a session before.
        using var limit = new CancellationTokenSource(WaitMax);
        while (client.Attempts < 2 * write)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), limit.Token);
        }

        Assert.Null(await items.GetAsync("service/shop/a:1"));

        Task DelayAsync(Command command)
        {
            if (command is not Command.Put || ++writes != write)
            {
                return Task.CompletedTask;
            }

            writing.SetResult();
            return arrives.Task;
        }
    }

    [Fact]
    public async Task Address_whose_first_write_is_cancelled_by_the_caller_is_removed()
    {
        var (writing, arrives, deleted) = (NewSource(), NewSource(), NewSource());
        var client = new FakeClient { Delay = DelayAsync };
        await using var calls = new CoordinationCalls(client, new TaskCompletionSource().Task, TimeProvider.System);
        await using var keeper = KeeperOf(calls);
        var items = new RaftItems(calls, keeper);
        var registration = new Registration("service/shop/a:1", items, keeper, TimeProvider.System, NoLogger.Instance);
        using var ending = new CancellationTokenSource();
        var starting = registration.StartAsync(ending.Token);
        await writing.Task.WaitAsync(WaitMax);

        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting.WaitAsync(WaitMax));
        arrives.SetResult();

        await deleted.Task.WaitAsync(WaitMax);

        Task DelayAsync(Command command)
        {
            (command is Command.Put ? writing : command is Command.Delete ? deleted : null)?.TrySetResult();
            return command is Command.Put ? arrives.Task : Task.CompletedTask;
        }
    }

    [Theory]
    [InlineData("", "host", 1)]
    [InlineData("a/b", "host", 1)]
    [InlineData("a", "ho/st", 1)]
    [InlineData("a", "", 1)]
    [InlineData("a", "host", 0)]
    [InlineData("a", "host", 65536)]
    public void Address_that_could_not_be_found_is_refused(string service, string host, int port) =>
        Assert.ThrowsAny<ArgumentException>(() => ServiceAddress.Of(service, host, port));

    [Fact]
    public async Task Wrong_service_of_the_configuration_is_named()
    {
        using var system = ActorSystem.Create("wrong", ConfigurationFactory.ParseString(
            "akka { actor.provider = remote, loglevel = OFF, remote.dot-netty.tcp { hostname = \"127.0.0.1\", port = 0 } }\n"
                + "raft { discovery = node-names, client.contacts = [\"127.0.0.1:1\"] }\nraft-coordination.services = [shop]"));

        var thrown = Assert.Throws<RaftConfigurationException>(() => RaftCoordination.Get(system));

        Assert.Contains("raft-coordination.services has 'shop'", thrown.Message);
        await system.Terminate();
    }

    private static SessionKeeper KeeperOf(CoordinationCalls calls) => new(
        calls,
        new CoordinationSettings("coordination", [], "a", TimeSpan.FromHours(1), TimeSpan.FromMinutes(1), 0.05),
        "a",
        TimeProvider.System,
        NoLogger.Instance);

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static async Task UntilAsync(ServiceDiscovery discovery, string service, string[] hosts)
    {
        using var limit = new CancellationTokenSource(WaitMax);
        while (!(await discovery.Lookup(service, WaitMax)).Addresses.Select(each => each.Host).SequenceEqual(hosts))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }
    }
}
