using Akka.Configuration;

using RaftActors.Testing.Simulation;

namespace RaftActors.Testing.Tests.Simulation;

/// <summary>What the network of a simulation does to messages when it is told to, and that it does nothing to them otherwise.</summary>
public sealed class SimulatedNetworkTests : IDisposable
{
    private const int Messages = 1000;

    private static readonly TimeSpan GoodDelay = TimeSpan.FromMilliseconds(2);

    private readonly World _world = new(seed: 1);
    private readonly SimulatedNetwork _network;
    private readonly Dictionary<string, (SimulatedNode Node, SimulatedNetwork.SimulatedTransport Transport)> _nodes = [];
    private readonly List<(string From, string To, int Message, TimeSpan At)> _arrived = [];

    public SimulatedNetworkTests()
    {
        _network = new SimulatedNetwork(_world);
        Start(new SimulatedNode(_world, 0, "n1"));
        Start(new SimulatedNode(_world, 1, "n2"));
    }

    public void Dispose() => Task.WaitAll([.. _nodes.Values.Select(each => each.Node.Crash())], TimeSpan.FromSeconds(2));

    [Fact]
    public void Good_network_delivers_each_message_once_and_soon()
    {
        Send("n1", "n2");
        Run();

        Assert.Equal(Enumerable.Range(0, Messages), _arrived.Select(each => each.Message).Order());
        Assert.All(_arrived, each => Assert.Equal(("n1", "n2"), (each.From, each.To)));
        Assert.True(_arrived.Max(each => each.At) <= GoodDelay);
        Assert.Equal(Messages, _network.Delivered);
    }

    [Fact]
    public void Bad_network_loses_repeats_delays_and_reorders_messages()
    {
        _network.IsBad = true;
        Send("n1", "n2");
        Run();

        var copies = _arrived.CountBy(each => each.Message).ToList();
        Assert.InRange(Messages - copies.Count, Messages / 20, Messages / 5);
        Assert.InRange(copies.Count(each => each.Value == 2), Messages / 20, Messages / 5);
        Assert.InRange(_arrived.Count(each => each.At > GoodDelay * 10), Messages / 2, _arrived.Count);
        Assert.NotEqual(_arrived.Select(each => each.Message).Order(), _arrived.Select(each => each.Message));
    }

    [Fact]
    public void Cut_loses_the_messages_of_one_direction_until_it_is_mended()
    {
        _network.Cut("n1", "n2");
        Send("n1", "n2");
        Send("n2", "n1");
        Run();
        Assert.Equal(Messages, _arrived.Count);
        Assert.All(_arrived, each => Assert.Equal("n1", each.To));

        _network.Mend("n1", "n2");
        Send("n1", "n2");
        Run();
        Assert.Equal(2 * Messages, _arrived.Count);
    }

    [Fact]
    public void Cut_loses_the_messages_that_are_under_way()
    {
        Send("n1", "n2");
        _network.Cut("n1", "n2");
        Run();

        Assert.Empty(_arrived);
    }

    [Fact]
    public void Cut_loses_the_messages_that_would_have_arrived_after_its_end()
    {
        _network.Cut("n1", "n2");
        Send("n1", "n2");
        _network.Mend("n1", "n2");
        Run();

        Assert.Empty(_arrived);
    }

    [Fact]
    public void Network_that_is_mended_is_as_at_the_beginning()
    {
        _network.IsBad = true;
        _network.Cut("n1", "n2");
        _network.MendAll();
        Send("n1", "n2");
        Run();

        Assert.Equal(Messages, _arrived.Count);
    }

    [Fact]
    public void Node_that_has_crashed_neither_sends_nor_receives()
    {
        var (node, before) = _nodes["n1"];
        Send("n2", "n1");
        node.Crash();
        Send("n1", "n2");
        Run();
        Assert.Empty(_arrived);

        Start(node);
        ((RaftTransport)before).Send("n2", default);
        Send("n1", "n2");
        Send("n2", "n1");
        Run();
        Assert.Equal(2 * Messages, _arrived.Count);
    }

    private void Start(SimulatedNode node) => node.Start(Config.Empty, life =>
    {
        var transport = _network.Connect(life);
        transport.Attach((from, message) =>
            _arrived.Add((from, node.Name, BitConverter.ToInt32(message.Span), _world.Now)));
        _nodes[node.Name] = (node, transport);
    });

    private void Send(string from, string to)
    {
        for (var message = 0; message < Messages; message++)
        {
            ((RaftTransport)_nodes[from].Transport).Send(to, BitConverter.GetBytes(message));
        }
    }

    private void Run() => _world.RunUntil(_world.Now + TimeSpan.FromSeconds(1));
}
