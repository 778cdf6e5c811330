namespace FourNodes.Tests;

/// <summary>The demo has four fixed ports, so its tests run one after the other, and while no other test program runs the demo.</summary>
[CollectionDefinition(nameof(DemoPorts), DisableParallelization = true)]
public sealed class DemoPorts : ICollectionFixture<DemoPorts.Claim>
{
    public sealed class Claim : IAsyncLifetime
    {
        private IDisposable? _claim;

        public async Task InitializeAsync() => _claim = await DemoPortsClaim.TakeAsync();

        public Task DisposeAsync()
        {
            _claim?.Dispose();
            return Task.CompletedTask;
        }
    }
}
