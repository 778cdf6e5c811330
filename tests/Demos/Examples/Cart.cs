using Akka.Actor;
using Akka.Hosting;
using Akka.Persistence;
using Akka.Persistence.Query;
using Akka.Remote.Hosting;
using Akka.Streams;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

using RaftActors.Hosting;
using RaftActors.Persistence;
using RaftActors.Persistence.Query;

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

/// <summary>A look at all carts.</summary>
internal static class Carts
{
    /// <summary>Runs a step for each event of a cart, from the last offset that the application has kept.</summary>
    public static Task RunAsync(ActorSystem system, Offset offset, Action<EventEnvelope> step)
    {
        var journal = system.ReadJournalFor<RaftReadJournal>(RaftReadJournal.Identifier);
        var carts = journal.EventsByTag("cart", offset);
        return carts.RunForeach(step, system.Materializer());
    }
}

/// <summary>An item that comes by itself.</summary>
internal static class Gifts
{
    /// <summary>Adds a gift to the cart of this node's cluster at a time. The cart answers with its number of items.</summary>
    public static async Task ScheduleAsync(ActorSystem system, DateTimeOffset at)
    {
        var reminders = RaftReminders.Get(system);
        await reminders.ScheduleAsync("gift-of-alice", to: "/user/alice", "gift", at, every: TimeSpan.FromDays(30));
    }
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
            .WithRaftReminders()
            .WithActors((system, registry) => registry.Register<Cart>(system.ActorOf(Props.Create(() => new Cart("alice")), "alice"))));
        return builder.Build();
    }
}
