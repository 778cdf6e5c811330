using System.Threading.Channels;

using RaftActors.Coordination;
using RaftActors.Testing;

namespace RaftActors.Examples;

/// <summary>What programs share by items.</summary>
public sealed class ItemsTests
{
    private readonly ScriptedCoordination _group = new();

    [Fact]
    public async Task Write_on_a_condition_loses_no_change_of_another_program()
    {
        var (items, other) = (_group.NewProgram("first").Items, _group.NewProgram("second").Items);
        List<string> lines = [];
        Action<string> log = lines.Add;
        await items.PutAsync("shop/prices", "apples 3");

        var prices = await items.GetAsync("shop/prices");
        await other.PutAsync("shop/prices", "apples 4");
        try
        {
            await items.PutAsync("shop/prices", $"{prices?.Value}, pears 5", new() { ExpectedVersion = prices?.Version ?? 0 });
        }
        catch (RaftException e) when (e.Failure?.Reason == FailureReason.Outdated)
        {
            log("another program has written meanwhile");
        }

        Assert.Single(lines);
        Assert.Equal("apples 4", (await items.GetAsync("shop/prices"))?.Value);
    }

    [Fact]
    public async Task Transaction_moves_an_item_unless_another_program_has_moved_it()
    {
        var items = _group.NewProgram("first").Items;
        await items.PutAsync("orders/new/7", "3 apples");

        var order = await items.GetAsync("orders/new/7") ?? throw new InvalidOperationException("Order 7 is not new.");
        var version = await items.CommitAsync(transaction => transaction
            .Expect("orders/sent/7", 0)
            .Put("orders/sent/7", order.Value)
            .Delete("orders/new/7", order.Version));

        var sent = Assert.Single(await items.ListAsync("orders/"));
        Assert.Equal(("orders/sent/7", "3 apples", version), (sent.Name, sent.Value, sent.Version));
        await Assert.ThrowsAsync<RaftException>(() => items.CommitAsync(again => again.Delete("orders/new/7", order.Version)));
    }

    [Fact]
    public async Task Programs_that_count_by_an_item_have_numbers_of_their_own()
    {
        var (items, other) = (_group.NewProgram("first").Items, _group.NewProgram("second").Items);

        var last = await items.AddAsync("shop/bills", 1000);
        var lastOfOther = await other.AddAsync("shop/bills", 1000);

        Assert.Equal((1000, 2000), (last, lastOfOther));
    }

    [Fact]
    public async Task Item_of_a_session_goes_with_its_program()
    {
        var (program, other) = (_group.NewProgram("first"), _group.NewProgram("second"));
        var items = program.Items;

        await items.PutAsync("shop/node/east", "10.0.0.1:8080", new() { OfSession = true });
        await items.PutAsync("shop/offer", "apples 2", new() { Lifetime = TimeSpan.FromHours(24) });

        _group.EndSession(program);
        Assert.Equal(["shop/offer"], (await other.Items.ListAsync("shop/")).Select(item => item.Name));
    }

    [Fact]
    public async Task Watch_tells_the_items_after_each_change()
    {
        var (items, other) = (_group.NewProgram("first").Items, _group.NewProgram("second").Items);
        await other.PutAsync("shop/prices", "apples 3");
        await other.PutAsync("shop/offer", "apples 2");
        var log = Channel.CreateUnbounded<string>();
        using CancellationTokenSource ending = new();
        var watching = WatchAsync(items, text => log.Writer.TryWrite(text), ending.Token);

        Assert.Equal("shop/offer, shop/prices", await log.Reader.ReadAsync());
        await other.DeleteAsync("shop/offer");
        Assert.Equal("shop/prices", await log.Reader.ReadAsync());
        await other.PutAsync("shop/rent", "500");
        Assert.Equal("shop/prices, shop/rent", await log.Reader.ReadAsync());

        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    private static async Task WatchAsync(RaftItems items, Action<string> log, CancellationToken stopping)
    {
        await foreach (var change in items.WatchAsync("shop/", cancellationToken: stopping))
        {
            log(string.Join(", ", change.Items.Keys));
        }
    }
}
