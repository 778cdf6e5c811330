using Akka.Actor;
using Akka.Configuration;

namespace RaftActors.Examples;

/// <summary>One node of the bank, as a program. It ends when its standard input ends.</summary>
internal static class BankNode
{
    public static async Task Main(string[] ports)
    {
        var own = ports[0];
        var nodes = string.Join(", ", ports.Order().Select(port => $"\"127.0.0.1:{port}\""));
        var node = ActorSystem.Create("bank", ConfigurationFactory.ParseString($$"""
            akka.actor.provider = remote
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{own}} }
            raft {
              node = "127.0.0.1:{{own}}"
              nodes = [{{nodes}}]
              store.directory = "data/{{own}}"
              snapshot.after-entries = 1000
            }
            """));
        Raft.Get(node).UseJson(LedgerJson.Default);
        node.ActorOf(Props.Create(() => new Ledger(ActorRefs.Nobody)), "ledger");
        await Console.In.ReadToEndAsync();
        await node.Terminate();
    }
}
