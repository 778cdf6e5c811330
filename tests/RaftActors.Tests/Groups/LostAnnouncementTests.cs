using System.Diagnostics;
using System.Text;

using Akka.TestKit.Xunit2;

namespace RaftActors.Tests.Groups;

/// <summary>A network that loses the first messages that tell of an actor, and no other ones.</summary>
public sealed class LostAnnouncementTests() : TestKit("akka.loglevel = ERROR")
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Announcement_that_a_custom_transport_lost_comes_again()
    {
        var network = new ForgetfulNetwork();
        var roster = "raft.roster = [\"raft@n1\", \"raft@n2\", \"raft@n3\"]";
        List<CustomNode> nodes = [.. new[] { "n1", "n2", "n3" }.Select(name => new CustomNode(this, name, network.Join(name), roster))];

        var actors = 0;
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Guard && actors < 2;)
        {
            await nodes[0].Ask(new Recorder.Append("key", "value"));
            var view = (Recorder.View)await nodes[0].Ask(new Recorder.GetView());
            actors = view.Peers.Count(peer => peer.Actor is not null);
        }

        nodes.ForEach(node => node.Stop());
        Assert.True(network.Lost > 0, "The network lost nothing.");
        Assert.Equal(2, actors);
    }

    private sealed class ForgetfulNetwork
    {
        private const int LostMax = 8;

        private readonly Lock _lock = new();
        private readonly Dictionary<string, Port> _ports = [];

        public int Lost { get; private set; }

        public RaftTransport Join(string node)
        {
            lock (_lock)
            {
                return _ports[node] = new Port(node, this);
            }
        }

        private void Put(string from, string to, byte[] message)
        {
            lock (_lock)
            {
                if ((from, to) == ("n2", "n1") && Lost < LostMax && Encoding.Latin1.GetString(message).Contains("n2:1/user/raft"))
                {
                    Lost++;
                }
                else if (_ports.TryGetValue(to, out var port))
                {
                    ThreadPool.QueueUserWorkItem(_ => port.Deliver(from, message));
                }
            }
        }

        private sealed class Port(string node, ForgetfulNetwork network) : RaftTransport
        {
            public void Deliver(string from, byte[] message) => Receive(from, message);

            protected internal override void Send(string to, ReadOnlyMemory<byte> message) => network.Put(node, to, message.ToArray());
        }
    }
}
