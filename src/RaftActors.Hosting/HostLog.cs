using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace RaftActors.Hosting;

/// <summary>The loggers of the application; those that log nothing if it has none.</summary>
internal static class HostLog
{
    private const string Category = "RaftActors";

    public static ILoggerFactory FactoryOf(IServiceProvider services) =>
        services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;

    public static ILogger Of(IServiceProvider services) => FactoryOf(services).CreateLogger(Category);
}
