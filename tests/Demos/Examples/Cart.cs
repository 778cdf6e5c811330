using Akka.Actor;
using Akka.Hosting;
using Akka.Persistence;
using Akka.Remote.Hosting;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

using RaftActors.Hosting;

namespace RaftActors.Examples;

public sealed class Cart : ReceivePersistentActor
{
    private List<string> _items = [];

    public Cart(string id)
    {
        PersistenceId = id;
        Recover<SnapshotOffer>(offer => _items = [.. (string[])offer.Snapshot]);
        Recover<string>(item => _items.Add(item));
        Command<string>(item => Persist(item, saved =>
        {
            _items.Add(saved);
            Sender.Tell(_items.Count);
            if (LastSequenceNr % 100 == 0)
            {
                SaveSnapshot(_items.ToArray());
            }
        }));
        Command<SaveSnapshotSuccess>(saved => DeleteMessages(saved.Metadata.SequenceNr));
        Command<DeleteMessagesSuccess>(_ => { });
    }

    public override string PersistenceId { get; }
}

/// <summary>A node with a cart.</summary>
internal static class CartNode
{
    public static IHost Create(int port, string[] nodes, string directory, string hocon)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddAkka("shop", akka => akka
            .WithRemoting("127.0.0.1", port)
            .WithRaft(new RaftNodeOptions { Nodes = nodes, StoreDirectory = directory, Hocon = hocon })
            .WithRaftPersistence()
            .WithActors((system, registry) => registry.Register<Cart>(system.ActorOf(Props.Create(() => new Cart("alice"))))));
        return builder.Build();
    }
}
