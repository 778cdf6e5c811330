using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RaftActors.Hosting;

/// <summary>Runs a projection while the host runs.</summary>
/// <param name="key">The key of the client, or null.</param>
internal sealed class ProjectionService(IServiceProvider services, RaftProjection projection, string? key) : BackgroundService
{
    private readonly ILogger _log = services.GetRequiredService<ILoggerFactory>().CreateLogger(projection.GetType());
    private volatile RaftClient? _client;
    private volatile Exception? _end;

    public string Name => projection.GetType().Name;

    /// <summary>Null before the host has started it.</summary>
    public string? Group => _client?.Group;

    public RaftProjectionStatus Status => projection.Status;

    /// <summary>The projection has ended, while the host goes on.</summary>
    public bool HasEnded => _end is not null;

    /// <summary>The name and the state of the projection, as sentences.</summary>
    public string Text => _end is { } end and not RaftProjectionException
        ? $"{Name} has ended at serial {Status.Serial}. {end.Message}"
        : $"{Name} {Status}";

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        var type = projection.ClientType;
        var types = string.Join(", ", type.GenericTypeArguments.Select(each => each.Name));
        _client = (RaftClient?)(key is null ? services.GetService(type) : (services as IKeyedServiceProvider)?.GetKeyedService(type, key))
            ?? throw new RaftStartException(
                $"{Name} needs a client. Call services.AddRaftClient<{types}>({(key is null ? "" : $"\"{key}\"")}).", null);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The projection stops with the first service, because the host stops its services one after another, and the actor system of the
        // client may be the first.
        var lifetime = services.GetRequiredService<IHostApplicationLifetime>();

        // A projection that has ended is observed until the host stops.
        var metrics = new ProblemMetrics(() => HasEnded || Status.Failure is not null
            ? [(Group ?? "", Name, HasEnded ? "ProjectionEnded" : "ProjectionFails")]
            : []).Begin();
        lifetime.ApplicationStopping.Register(metrics.Dispose);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        try
        {
            await projection.RunAsync(_client!, Tell, stop.Token).ConfigureAwait(false); // Justification: StartAsync has set the client.
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The host stops.
        }
        catch (Exception e)
        {
            // An exception that left this method would end the host, and all other hosts at the same pair.
            _end = e;
            _log.LogError(e, "{Projection} The host goes on without this projection of group {Group}.", Text, Group);
        }
    }

    private void Tell(RaftProjectionStatus status)
    {
        if (status.Failure is null)
        {
            _log.LogInformation("{Projection} of group {Group} {Status}", Name, Group, status);
        }
        else if (status.Failure is not RaftProjectionException)
        {
            _log.LogWarning(status.Failure, "{Projection} of group {Group} {Status}", Name, Group, status);
        }
    }
}
