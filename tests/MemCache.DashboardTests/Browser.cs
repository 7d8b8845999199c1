using Microsoft.Playwright;
using Xunit;

namespace MemCache.DashboardTests;

/// <summary>The system's chromium, one for all tests. Gone when it is disposed.</summary>
[CollectionDefinition(Name)]
public sealed class Browser : IAsyncLifetime, ICollectionFixture<Browser>
{
    public const string Name = "browser";

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private readonly string? _program = Names
        .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin"), (name, folder) => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (_program is null)
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        // As root there is no sandbox to be had; what is shown is our own page.
        string[] arguments = Environment.IsPrivilegedProcess ? ["--no-sandbox"] : [];
        _browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = _program, Args = arguments, Timeout = 60_000 });
        Assertions.SetDefaultExpectTimeout(30_000);
    }

    /// <summary>A page of its own, with nothing stored; skips the test where there is no browser.</summary>
    public async Task<Visit> OpenAsync(int width = 1280, int height = 900, ColorScheme scheme = ColorScheme.Light)
    {
        Assert.SkipWhen(_browser is null, "there is no chromium here: apt-get install chromium");
        IBrowserContext context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(30_000);
        return new Visit(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}
