using System.CommandLine;

namespace MemCache.Cli;

/// <summary>The options of every command that asks a MetaService over HTTP.</summary>
internal static class AdminOptions
{
    /// <summary>Environment variable with the default of <c>--url</c>.</summary>
    public const string UrlVariable = "MMC_URL";

    /// <summary>Environment variable with the default of <c>--token-file</c>.</summary>
    public const string TokenFileVariable = "MMC_TOKEN_FILE";

    private const string DefaultUrl = "http://127.0.0.1:8000";

    /// <summary>Print JSON.</summary>
    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Print the result as JSON, the last line of standard output",
    };

    private static readonly Option<string?> Url = new("--url")
    {
        Description = $"metrics_url of the MetaService [default: {UrlVariable}, or {DefaultUrl}]",
        HelpName = "URL",
    };

    private static readonly Option<string?> TokenFile = new("--token-file")
    {
        Description = $"File with the bearer token, if the MetaService wants one [default: {TokenFileVariable}]",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Authority = new("--ca")
    {
        Description = "PEM file of the authority that signed the MetaService's certificate [default: the system's]",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Certificate = new("--cert")
    {
        Description = "PEM file of our certificate, if the MetaService wants one",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Key = new("--key")
    {
        Description = "PEM file of the private key of --cert",
        HelpName = "FILE",
    };

    private static readonly Option<int> Seconds =
        CliOptions.Count("--timeout", "Seconds to wait for an answer", 10, 1, 600);

    /// <summary>Gives a command these options and an action that gets a client.</summary>
    public static Command With(
        Command command, Func<AdminClient, ParseResult, CancellationToken, Task<int>> run)
    {
        foreach (Option option in (Option[])[Json, Url, TokenFile, Authority, Certificate, Key, Seconds])
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetValue(Certificate) is null != result.GetValue(Key) is null)
            {
                result.AddError("--cert and --key need each other");
            }

            string text = UrlOf(result.GetValue(Url));
            if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
            {
                result.AddError($"--url {text}: expected an address such as {DefaultUrl}");
            }
        });
        command.SetAction((arguments, cancellation) => CommandErrors.ReportAsync(
            async () =>
            {
                using AdminClient client = Connect(arguments);
                return await run(client, arguments, cancellation).ConfigureAwait(false);
            },
            cancellation));
        return command;
    }

    private static string UrlOf(string? given) =>
        given ?? (Environment.GetEnvironmentVariable(UrlVariable) is { Length: > 0 } url ? url : DefaultUrl);

    private static AdminClient Connect(ParseResult arguments)
    {
        string? tokenFile = arguments.GetValue(TokenFile) ?? Environment.GetEnvironmentVariable(TokenFileVariable);
        return new AdminClient(new AdminTarget(new Uri(UrlOf(arguments.GetValue(Url))))
        {
            Token = string.IsNullOrEmpty(tokenFile) ? "" : File.ReadAllText(tokenFile).Trim(),
            AuthorityPath = arguments.GetValue(Authority) ?? "",
            CertificatePath = arguments.GetValue(Certificate) ?? "",
            KeyPath = arguments.GetValue(Key) ?? "",
            Timeout = TimeSpan.FromSeconds(arguments.GetValue(Seconds)),
        });
    }
}
