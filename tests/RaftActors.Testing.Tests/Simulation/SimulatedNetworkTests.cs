using System.Net.Sockets;

using Akka.Configuration;

using RaftActors.Network;

namespace RaftActors.Testing.Tests.Simulation;

/// <summary>The connections of a simulation deliver bytes in order or break, as those of TCP, and break as they are told to.</summary>
public sealed class SimulatedNetworkTests : IDisposable
{
    private const int Port = 4053;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GoodDelay = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly World _world = new(seed: 1);
    private readonly Dictionary<string, SimulatedNode> _nodes = [];

    public SimulatedNetworkTests()
    {
        Start("n1");
        Start("n2");
    }

    private SimulatedNetwork Network => _world.Network;

    public void Dispose() => Task.WaitAll([.. _nodes.Values.Select(each => each.Crash())], TimeSpan.FromSeconds(2));

    [Fact]
    public void Good_network_delivers_all_bytes_in_order_and_soon()
    {
        var (near, far) = Connect();
        for (byte each = 1; each <= 100; each++)
        {
            Assert.True(near.TrySendNow(new[] { each }, out _));
        }

        Run(GoodDelay);

        Assert.Equal(Enumerable.Range(1, 100).Select(each => (byte)each), Received(far));
    }

    [Fact]
    public void Bad_network_is_slow_and_breaks_connections_but_loses_no_byte_between_others()
    {
        Network.IsBad = true;
        var (broken, late) = (0, 0);
        for (var round = 0; round < 50; round++)
        {
            var (near, far) = Connect();
            List<byte> received = [];
            for (byte each = 1; each <= 20; each++)
            {
                near.TrySendNow(new[] { each }, out _);
                Run(TimeSpan.FromMilliseconds(20));
                late += far.HasBytes ? 0 : 1;
                received.AddRange(far.HasBytes ? Received(far) : []);
            }

            Run(Second);
            received.AddRange(far.HasBytes ? Received(far) : []);
            Assert.Equal(Enumerable.Range(1, received.Count).Select(each => (byte)each), received);
            broken += near.HasEnded ? 1 : 0;
            Assert.True(near.HasEnded || received.Count == 20, $"{received.Count} bytes have arrived");
        }

        Assert.InRange(broken, 1, 25);
        Assert.InRange(late, 100, 1000);
    }

    [Fact]
    public void Bytes_that_meet_a_cut_arrive_after_its_end()
    {
        var (near, far) = Connect();
        Network.Cut("n1", "n2");
        near.TrySendNow(new byte[] { 1 }, out _);
        far.TrySendNow(new byte[] { 2 }, out _);
        Run(Second);
        Assert.False(far.HasBytes);
        Assert.Equal([2], Received(near));

        Network.Mend("n1", "n2");
        Run(Second);

        Assert.Equal([1], Received(far));
    }

    [Theory]
    [InlineData("n1", "n2")]
    [InlineData("n2", "n1")]
    public void Connection_that_ends_without_an_answer_breaks_if_one_direction_is_cut(string from, string to)
    {
        var (near, _) = Connect();
        near.EndWithoutAnswer();
        Network.Cut(from, to);
        near.TrySendNow(new byte[] { 1 }, out _);
        Run(TimeSpan.FromSeconds(2));
        Assert.True(near.TrySendNow(new byte[] { 2 }, out _));

        Run(TimeSpan.FromSeconds(4));

        Assert.False(near.TrySendNow(new byte[] { 3 }, out _));
    }

    // As TCP answers each packet that is sent again.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Connection_whose_other_end_is_gone_ends_although_the_first_answer_is_lost(bool isDisposed)
    {
        var (near, far) = Connect();
        far.TrySendNow(new byte[] { 1 }, out _);
        Run(Second);
        Network.Cut("n2", "n1");
        far.Dispose();
        near.TrySendNow(new byte[] { 2 }, out _);
        if (isDisposed)
        {
            _ = Received(near);
            near.Dispose();
        }

        Run(Second);
        Assert.False(near.HasEnded);

        Network.Mend("n2", "n1");
        Run(TimeSpan.FromSeconds(5));

        Assert.True(near.HasEnded);
        Assert.True(far.HasEnded);
    }

    // A machine that lost power sends nothing again. The other end has noticed its silence.
    [Fact]
    public void End_of_a_crashed_node_asks_a_gone_end_no_more()
    {
        Run(Minute);
        var before = EventsOfAMinute();
        for (var round = 0; round < 10; round++)
        {
            var (near, far) = Connect();
            far.KeepAlive();
            Network.Cut("n1", "n2");
            near.TrySendNow(new byte[] { 1 }, out _);
            _nodes["n1"].Crash();
            Run(Minute);
            Start("n1");
            Network.Mend("n1", "n2");
            Assert.True(near.HasEnded && far.HasEnded);
        }

        Run(10 * Minute);
        Assert.Equal(before, EventsOfAMinute());
    }

    // As of TCP with a user timeout: the other end is gone, and its answers are lost.
    [Fact]
    public void Bytes_without_an_answer_of_a_gone_end_end_the_connection_too()
    {
        var (near, far) = Connect();
        near.EndWithoutAnswer();
        far.TrySendNow(new byte[] { 1 }, out _);
        Run(Second);
        Network.Cut("n2", "n1");
        far.Dispose();
        near.TrySendNow(new byte[] { 2 }, out _);

        Run(TimeSpan.FromSeconds(20));

        Assert.True(near.HasEnded);
    }

    [Fact]
    public void Idle_connection_over_a_cut_ends_by_its_probes()
    {
        var (near, far) = Connect();
        near.KeepAlive();
        far.KeepAlive();
        var reading = near.ReceiveAsync(new byte[1]).AsTask();
        Network.Cut("n2", "n1");
        Run(TimeSpan.FromSeconds(20));
        Assert.False(reading.IsCompleted);

        Run(Minute);

        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(reading.Exception?.InnerException).SocketErrorCode);
        Assert.True(far.HasEnded);
    }

    [Fact]
    public async Task Full_window_takes_a_part_and_the_rest_when_the_other_side_has_read()
    {
        var (near, far) = Connect();
        var bytes = new byte[1024 * 1024];
        Assert.True(near.TrySendNow(bytes, out var sent));
        Assert.InRange(sent, 4096, bytes.Length - 1);
        var sending = near.SendAsync(bytes);
        Run(Second);
        Assert.False(sending.IsCompleted);

        Assert.Equal(sent, Received(far).Count);
        Run(Second);

        Assert.InRange(await sending, 1, sent);
    }

    [Fact]
    public async Task Finished_stream_is_read_to_its_end()
    {
        var (near, far) = Connect();
        near.TrySendNow(new byte[] { 1 }, out _);
        near.Finish();
        Run(Second);

        Assert.Equal([1], Received(far));
        Assert.Equal(0, await far.ReceiveAsync(new byte[1]));
        Assert.True(far.TrySendNow(new byte[] { 2 }, out _));
        Run(Second);
        Assert.Equal([2], Received(near));
    }

    [Fact]
    public void Node_without_an_open_port_refuses_and_one_that_is_down_does_not_answer()
    {
        Start("n3");
        var (refused, silent) = (ChannelOf("n1"), ChannelOf("n1"));
        using CancellationTokenSource gaveUp = new();
        ListenAt("n3").Dispose();
        _nodes["n2"].Crash();

        var connecting = refused.ConnectAsync("n3", Port, gaveUp.Token);
        var waiting = silent.ConnectAsync("n2", Port, gaveUp.Token);
        Run(Second);

        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(connecting.Exception?.InnerException).SocketErrorCode);
        Assert.False(waiting.IsCompleted);
        gaveUp.Cancel();
        Assert.True(waiting.IsCanceled);
    }

    // The machine of a killed process says so. After a power failure nobody does, until the machine is up again.
    [Fact]
    public void Crash_resets_connections_at_once_or_when_the_node_is_back()
    {
        HashSet<bool> atOnce = [];
        for (var round = 0; round < 20; round++)
        {
            var (near, _) = Connect();
            _nodes["n2"].Crash();
            near.TrySendNow(new byte[] { 1 }, out _);
            Run(Second);
            atOnce.Add(near.HasEnded);

            Start("n2");
            Run(TimeSpan.FromSeconds(10));

            Assert.True(near.HasEnded);
        }

        Assert.Equal(2, atOnce.Count);
    }

    private int EventsOfAMinute()
    {
        var events = 0;
        _world.OnQuiet = () => events++;
        Run(Minute);
        return events;
    }

    private void Start(string name)
    {
        var node = _nodes.TryGetValue(name, out var known) ? known : _nodes[name] = new SimulatedNode(_world, _nodes.Count, name);
        node.Start(Config.Empty, _ => { });
    }

    private SimulatedChannel ChannelOf(string node) => (SimulatedChannel)Network.ChannelsOf(_nodes[node].Life!).New(); // Justification: up.

    private IChannelListener ListenAt(string node) => Network.ChannelsOf(_nodes[node].Life!).Listen("", Port); // Justification: it is up.

    // From n1 to n2.
    private (SimulatedChannel Near, SimulatedChannel Far) Connect()
    {
        var accepting = ListenAt("n2").AcceptAsync();
        SimulatedChannel near;
        Task connecting;
        do
        {
            near = ChannelOf("n1");
            connecting = near.ConnectAsync("n2", Port, CancellationToken.None);
            Run(Second);
        }
        while (!connecting.IsCompletedSuccessfully);

        return (near, (SimulatedChannel)accepting.Result);
    }

    private static List<byte> Received(SimulatedChannel channel)
    {
        List<byte> all = [];
        var bytes = new byte[100];
        while (channel.HasBytes)
        {
            all.AddRange(bytes.AsSpan(0, channel.ReceiveAsync(bytes).Result));
        }

        return all;
    }

    private void Run(TimeSpan span) => _world.RunUntil(_world.Now + span);
}
