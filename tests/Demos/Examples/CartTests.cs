using Akka.Actor;
using Akka.Hosting;

using Microsoft.Extensions.DependencyInjection;

using RaftActors.Persistence;

namespace RaftActors.Examples;

/// <summary>A persistent actor without a database.</summary>
public sealed class CartTests
{
    [Fact]
    public async Task Cart_has_its_items_after_a_restart_of_the_node()
    {
        using var folder = new TemporaryFolder();
        var port = FreePorts.Next();
        Assert.Equal([1, 2], await AddAsync(port, folder, "apple", "pear"));

        Assert.Equal([3], await AddAsync(port, folder, "plum"));
    }

    [Fact]
    public async Task Gift_is_in_the_cart_once_it_is_due()
    {
        using var folder = new TemporaryFolder();
        var port = FreePorts.Next();
        using var host = CartNode.Create(port, [$"127.0.0.1:{port}"], folder["log"], FastHocon.Text);
        await host.StartAsync();
        var system = host.Services.GetRequiredService<ActorSystem>();

        await Gifts.ScheduleAsync(system, DateTimeOffset.UnixEpoch);

        using var guard = new CancellationTokenSource(Guard);
        while ((await RaftReminders.Get(system).FindAsync("gift-of-alice", guard.Token))!.Due == DateTimeOffset.UnixEpoch)
        {
        }

        var cart = host.Services.GetRequiredService<IRequiredActor<Cart>>().ActorRef;
        Assert.True(await cart.Ask<int>("apple", Guard) >= 2);
        await host.StopAsync();
    }

    private static async Task<List<int>> AddAsync(int port, TemporaryFolder folder, params string[] items)
    {
        using var host = CartNode.Create(port, [$"127.0.0.1:{port}"], folder["log"], FastHocon.Text);
        await host.StartAsync();
        var cart = host.Services.GetRequiredService<IRequiredActor<Cart>>().ActorRef;
        List<int> counts = [];
        foreach (var item in items)
        {
            counts.Add(await cart.Ask<int>(item, Guard));
        }

        await host.StopAsync();
        return counts;
    }
}
