using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace RaftActors.Hosting;

/// <summary>Binds <see cref="RaftHostOptions"/> from their section, without reflection.</summary>
internal sealed class HostOptionsBinding(IServiceProvider services) : IConfigureOptions<RaftHostOptions>
{
    /// <summary>The keys of the section. Case does not matter, as everywhere in configuration.</summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        nameof(RaftHostOptions.SystemName), nameof(RaftHostOptions.Node), nameof(RaftHostOptions.Roster), nameof(RaftHostOptions.Contacts),
        nameof(RaftHostOptions.StoreDirectory), nameof(RaftHostOptions.HoconFile), nameof(RaftHostOptions.Hocon),
    ];

    /// <summary>The section. Null: the application has no configuration.</summary>
    public static IConfigurationSection? SectionOf(IServiceProvider services) =>
        services.GetService<IConfiguration>()?.GetSection(RaftHostOptions.Section);

    public void Configure(RaftHostOptions options)
    {
        if (SectionOf(services) is not { } section)
        {
            return;
        }

        options.SystemName = section[nameof(options.SystemName)] ?? options.SystemName;
        options.Node = section[nameof(options.Node)] ?? options.Node;
        options.Roster = ReadList(section, nameof(options.Roster)) ?? options.Roster;
        options.Contacts = ReadList(section, nameof(options.Contacts)) ?? options.Contacts;
        options.StoreDirectory = section[nameof(options.StoreDirectory)] ?? options.StoreDirectory;
        options.HoconFile = section[nameof(options.HoconFile)] ?? options.HoconFile;
        options.Hocon = section[nameof(options.Hocon)] ?? options.Hocon;
    }

    private static List<string>? ReadList(IConfigurationSection section, string key) =>
        section.GetSection(key).GetChildren().Select(item => item.Value ?? "").ToList() is { Count: > 0 } items ? items : null;
}
