namespace RaftActors.Cli.Tests.Application;

/// <summary>One group for the tests of a class, with the pairs order-1 to order-5.</summary>
public sealed class OrdersFixture : IAsyncLifetime
{
    internal OrdersGroup Group { get; } = new();

    public async Task InitializeAsync()
    {
        foreach (var number in Enumerable.Range(1, 5))
        {
            Assert.Equal(number, await Group.AppendAsync($"order-{number}", $"{number} beers"));
        }
    }

    public Task DisposeAsync()
    {
        Group.Dispose();
        return Task.CompletedTask;
    }
}
