namespace RaftActors.Tests.Groups;

/// <summary>Three nodes behind translations of addresses. Others know none of the ports on which they listen.</summary>
public sealed class TranslatedGroupTests : NodesTest
{
    private readonly List<NamedNode> _nodes = [];
    private readonly List<TcpListener> _public = [];

    [Fact]
    public void Group_commits_over_raft_ports_that_are_translated_as_those_of_the_remoting()
    {
        List<ProcessName> names = [.. Enumerable.Range(0, 3).Select(_ => NamedNode.NewName())];
        foreach (var name in names)
        {
            var port = FreePorts.Next();
            Translate(int.Parse(name.Node[1..]) + NamedNode.PortOffset, port + NamedNode.PortOffset);
            _nodes.Add(new NamedNode(
                this,
                name,
                $$"""
                akka { loglevel = INFO, stdout-loglevel = OFF, loggers = [] }
                raft.group = default
                raft.roster = [{{string.Join(", ", names.Select(each => $"\"{each}\""))}}]
                """,
                behind: port));
        }

        _nodes.ForEach(node => node.ExpectConnectionsTo(_nodes.Where(other => other != node)));
        foreach (var node in _nodes)
        {
            node.Tell(new Recorder.Append("key", "value", TimeSpan.FromSeconds(20)), TestActor);
            ExpectMsg<Outcome<int>>(TimeSpan.FromSeconds(30)).OrThrow();
        }
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _public.ForEach(listener => listener.Dispose());
    }

    private void Translate(int from, int to)
    {
        var listener = new TcpListener(IPAddress.Loopback, from);
        listener.Start();
        _public.Add(listener);
        _ = TranslateAsync(listener, to);
    }

    private static async Task TranslateAsync(TcpListener listener, int to)
    {
        while (true)
        {
            var (outside, inside) = (await listener.AcceptTcpClientAsync(), new TcpClient());
            try
            {
                await inside.ConnectAsync(IPAddress.Loopback, to);
                _ = CopyAsync(outside, inside);
                _ = CopyAsync(inside, outside);
            }
            catch (SocketException)
            {
                // The node has not started yet.
                outside.Dispose();
            }
        }
    }

    private static async Task CopyAsync(TcpClient from, TcpClient to)
    {
        using (to)
        {
            await from.GetStream().CopyToAsync(to.GetStream());
        }
    }
}
